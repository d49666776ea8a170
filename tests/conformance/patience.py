"""How many times as many random specs and walks there are as in continuous integration.

And how many times as many states a spec may have whose engines are compared.

For a soak: `MODELCHECK_PATIENCE=10 pytest --timeout 0 tests/conformance`.
"""

import os

PATIENCE = int(os.environ.get("MODELCHECK_PATIENCE", "1"))

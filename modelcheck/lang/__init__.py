"""What a spec file sees; every name here also runs under plain CPython."""

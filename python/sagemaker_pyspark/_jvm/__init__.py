"""The bridge to the JVM: the only room that knows py4j. Everything else works with Python values."""

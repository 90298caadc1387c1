from running_tool import schema_of, tool  # noqa: F401, fixtures of all tests here

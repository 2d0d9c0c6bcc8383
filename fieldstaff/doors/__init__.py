"""The phones' doors beside Django's stack of middlewares."""

"""x"""

from typing import Any


def control_app(server: Any) -> Any:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        return None

    return app

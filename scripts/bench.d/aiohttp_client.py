"""Usage: aiohttp_client.py URL BODY-FILE COUNT IN-FLIGHT: the same POST, COUNT times, as a script would send it."""

import asyncio
import sys

import aiohttp

HEADERS = {"Content-Type": "application/vnd.pingidentity.account.link+json", "Authorization": "Bearer bench"}


async def main(url: str, body: bytes, count: int, in_flight: int) -> None:
    left = iter(range(count))
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=in_flight), headers=HEADERS) as session:

        async def worker() -> None:
            for _ in left:
                async with session.post(url, data=body) as response:
                    document = await response.json()
                    assert response.status == 200 and document["id"]

        await asyncio.gather(*(worker() for _ in range(in_flight)))


url, path, count, in_flight = sys.argv[1:]
with open(path, "rb") as file:
    asyncio.run(main(url, file.read(), int(count), int(in_flight)))

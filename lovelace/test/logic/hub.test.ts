import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { Feed } from "../../src/shared/hub.js";
import { FakeConnection } from "../park.js";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function feed(connection: FakeConnection): Feed<string> {
  return new Feed<string>(connection, { type: "news" }, (_, news) => news);
}

test("all listeners share one subscription, and its last news", async () => {
  const connection = new FakeConnection({ news: "first" });
  const news = feed(connection);
  const heard: string[] = [];
  const endings = ["a", "b"].map((name) =>
    news.listen(() => heard.push(`${name} ${news.value!}`)),
  );
  await vi.runAllTimersAsync();
  connection.tell("second");

  expect(connection.asked).toEqual(["news"]);
  expect(heard.slice(-2)).toEqual(["a second", "b second"]);

  for (const end of endings) end();
  await vi.runAllTimersAsync();
  expect(connection.subscribers.size).toBe(0);
  expect(news.value).toBe("second");
});

test("who listens again subscribes again", async () => {
  const connection = new FakeConnection({ news: "first" });
  const news = feed(connection);
  news.listen(() => undefined)();
  news.listen(() => undefined);
  await vi.runAllTimersAsync();
  expect(connection.subscribers.size).toBe(1);
});

test("news that say the same are no other news", async () => {
  const first = { parks: ["one"] };
  const connection = new FakeConnection({ news: first });
  const news = new Feed<object>(connection, { type: "news" }, (_, told) => told);
  news.listen(() => undefined);
  await vi.runAllTimersAsync();
  connection.tell({ parks: ["one"] });
  expect(news.value).toBe(first);
  connection.tell({ parks: ["two"] });
  expect(news.value).toEqual({ parks: ["two"] });
});

test("an integration that is set up late is asked until it answers", async () => {
  const connection = new FakeConnection({ news: "late" });
  connection.refuse = { code: "unknown_command", message: "Unknown command." };
  const news = feed(connection);
  const heard: (string | null)[] = [];
  news.listen(() => heard.push(news.trouble));
  await vi.advanceTimersByTimeAsync(10);
  expect(heard).toEqual(["waiting"]);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(heard.at(-1)).toBe("missing");

  connection.refuse = null;
  await vi.advanceTimersByTimeAsync(5000);

  expect([news.value, news.trouble]).toEqual(["late", null]);
});

test("a connection that comes back is asked again, once", async () => {
  const connection = new FakeConnection({ news: "first" });
  const news = feed(connection);
  news.listen(() => undefined);
  await vi.runAllTimersAsync();
  connection.subscribers.clear();
  connection.answers = { news: "second" };

  connection.fire("ready");
  await vi.runAllTimersAsync();

  expect(news.value).toBe("second");
  expect(connection.subscribers.size).toBe(1);
});

test("nothing is asked any more when nobody listens", async () => {
  const connection = new FakeConnection();
  connection.refuse = { code: "unknown_command", message: "Unknown command." };
  const end = feed(connection).listen(() => undefined);
  await vi.advanceTimersByTimeAsync(10);
  end();
  const asked = connection.asked.length;
  await vi.advanceTimersByTimeAsync(60_000);
  connection.fire("ready");
  expect(connection.asked).toHaveLength(asked);
});

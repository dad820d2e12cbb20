// Runs in the page of a real Home Assistant: builds parks, changes states, takes times.

// The work itself: what other programs of the machine add is no part of it.
const lowerQuartile = (values) => values.sort((a, b) => a - b)[values.length >> 2];

const page = () => document.querySelector("home-assistant").hass;

/** A park of so many sockets, and its states; nothing of it is in Home Assistant. */
function invent(count) {
  const roles = ["computer", "monitor", "network", "other"];
  const states = {};
  const put = (id, state, attributes) =>
    (states[id] = {
      entity_id: id,
      state,
      attributes,
      last_changed: "",
      last_updated: "",
    });
  const sectors = Array.from({ length: Math.ceil(count / 25) }, (_, room) => ({
    device: `bench_sector_${room}`,
    name: `Room ${room}`,
    area: null,
    entities: { power: `sensor.bench_room_${room}`, all: `switch.bench_room_${room}` },
  }));
  const sockets = Array.from({ length: count }, (_, index) => {
    put(`switch.bench_${index}`, "on", { wanted: true });
    put(`sensor.bench_${index}`, "25", { unit_of_measurement: "W" });
    put(`sensor.bench_reason_${index}`, "as_found", { refused: null });
    return {
      device: `bench_socket_${index}`,
      name: `Socket ${index}`,
      role: roles[index % 4],
      sector: `bench_sector_${Math.floor(index / 25)}`,
      entities: {
        socket: `switch.bench_${index}`,
        power: `sensor.bench_${index}`,
        reason: `sensor.bench_reason_${index}`,
      },
    };
  });
  for (const { entities } of sectors) {
    put(entities.power, "600", { unit_of_measurement: "W" });
    put(entities.all, "on", {});
  }
  const park = {
    id: "bench",
    name: "Bench",
    device: "bench",
    entities: {},
    meters: [],
    sectors,
    sockets,
  };
  return { park, states };
}

/** The page's `hass` with such a park behind its connection. */
function inventedHass(count) {
  const { park, states } = invent(count);
  const answers = {
    "energy_park/park/subscribe": { cards: "", parks: [park] },
    "energy_park/plan/subscribe": { revision: 0, plans: {} },
  };
  const connection = {
    subscribeMessage: async (callback, { type }) => {
      callback(answers[type]);
      return async () => undefined;
    },
    addEventListener: () => undefined,
    removeEventListener: () => undefined,
  };
  const hass = { ...page(), connection, states: { ...page().states, ...states } };
  return { park, hass };
}

/** The park that is set up in this Home Assistant. */
async function realPark() {
  const { connection } = page();
  return new Promise((resolve) => {
    const end = connection.subscribeMessage(
      ({ parks }) => {
        void end.then((close) => close());
        resolve(parks[0]);
      },
      { type: "energy_park/park/subscribe" },
    );
  });
}

const stage = () => {
  let node = document.querySelector("#bench-stage");
  if (!node) {
    node = document.createElement("div");
    node.id = "bench-stage";
    node.style.cssText =
      "position:fixed;inset:0;z-index:9;background:var(--primary-background-color,#fff)";
    document.body.append(node);
  }
  node.replaceChildren();
  return node;
};

/** Puts a card on the page; returns it and the time until all of it was laid out. */
async function mountPlan(hass, sockets) {
  const card = document.createElement("energy-park-plan-card");
  card.setConfig({ type: "custom:energy-park-plan-card" });
  card.layout = "panel";
  const started = performance.now();
  card.hass = hass;
  stage().append(card);
  const drawn = () => card.shadowRoot.querySelectorAll(".module").length === sockets;
  // Not by frames: those are of the whole page.
  while (!drawn()) await new Promise((resolve) => setTimeout(resolve));
  layOut(card);
  return { card, ms: performance.now() - started };
}

async function mountTemplate(hass, park) {
  const card = document.createElement("template-card");
  const started = performance.now();
  card.park = park;
  card.hass = hass;
  stage().append(card);
  await card.updateComplete;
  layOut(card);
  return { card, ms: performance.now() - started };
}

function layOut(card) {
  for (const svg of card.shadowRoot.querySelectorAll("svg"))
    svg.getBoundingClientRect();
  card.getBoundingClientRect();
}

/** Returns `hass` with so many powers changed. */
function changed(hass, sockets, count, round) {
  const states = { ...hass.states };
  for (let index = 0; index < count; index++) {
    const id = sockets[(index * 7 + round) % sockets.length].entities.power;
    const value = ((round * 13 + index * 3) % 180) + 5;
    states[id] = { ...states[id], state: String(value) };
  }
  return { ...hass, states };
}

/** Times of a repaint: the script's, and with style and layout. */
async function times(card, park, count, rounds, render) {
  const script = [];
  const total = [];
  let { hass } = card;
  for (let round = 0; round < rounds; round++) {
    if (count) hass = changed(hass, park.sockets, count, round + 1);
    else {
      const other = { entity_id: "light.other", state: String(round), attributes: {} };
      hass = { ...hass, states: { ...hass.states, "light.other": other } };
    }
    const started = performance.now();
    card.hass = hass;
    await render(card);
    const scripted = performance.now();
    layOut(card);
    total.push(performance.now() - started);
    script.push(scripted - started);
    await new Promise((resolve) => requestAnimationFrame(resolve));
  }
  return { script: lowerQuartile(script), total: lowerQuartile(total) };
}

const renderOurs = (card) => {
  card.paint();
};
const renderTemplate = (card) => card.updateComplete;

window.bench = {
  /** All times of our card and of the template's, for a park. */
  async compare(count, rounds, real) {
    const { park, hass } = real
      ? { park: await realPark(), hass: page() }
      : inventedHass(count);
    const sizes = [0, 1, 50, park.sockets.length];
    const result = { sockets: park.sockets.length };
    const paints = [];
    for (let again = 0; again < 5; again++) {
      const { card, ms } = await mountPlan(hass, park.sockets.length);
      paints.push(ms);
      if (again < 4) continue;
      result.ours = [];
      for (const size of sizes) {
        result.ours.push(await times(card, park, size, rounds, renderOurs));
      }
    }
    result.paint = lowerQuartile(paints);
    const { card, ms } = await mountTemplate(hass, park);
    result.templatePaint = ms;
    result.template = [];
    for (const size of sizes) {
      result.template.push(await times(card, park, size, rounds, renderTemplate));
    }
    return result;
  },

  /** Shows our card, for what is measured from outside. */
  async show(count) {
    const { park, hass } = inventedHass(count);
    const { card } = await mountPlan(hass, park.sockets.length);
    window.benchCard = { card, park };
  },

  /** Shows the template's card instead. */
  async showTemplate(count) {
    const { park, hass } = inventedHass(count);
    const { card } = await mountTemplate(hass, park);
    window.benchCard = { card, park };
  },

  /** Puts the card away, or back where it was. */
  put(shown) {
    const { card } = window.benchCard;
    if (shown) document.querySelector("#bench-stage").append(card);
    else card.remove();
  },

  /** Changes states one by one, so many a second, whether the card is seen or not. */
  drive(perSecond) {
    clearInterval(window.benchDrive);
    if (!perSecond) return;
    const { card, park } = window.benchCard;
    let { hass } = card;
    let round = 0;
    window.benchDrive = setInterval(() => {
      hass = changed(hass, park.sockets, 1, round++);
      if (card.isConnected) card.hass = hass;
    }, 1000 / perSecond);
  },

  /** As many repaints as an hour has, at once. */
  async hour(repaints) {
    const { card, park } = window.benchCard;
    let { hass } = card;
    for (let round = 0; round < repaints; round++) {
      hass = changed(hass, park.sockets, 50, round);
      card.hass = hass;
      card.paint();
      if (round % 100 === 0)
        await new Promise((resolve) => requestAnimationFrame(resolve));
    }
  },

  /** Counts frames until it is told to stop. */
  countFrames() {
    const counter = { frames: 0, started: performance.now(), running: true };
    const count = () => {
      counter.frames++;
      if (counter.running) requestAnimationFrame(count);
    };
    requestAnimationFrame(count);
    window.benchFrames = counter;
  },

  framesPerSecond() {
    const { frames, started } = window.benchFrames;
    window.benchFrames.running = false;
    return (frames * 1000) / (performance.now() - started);
  },

  clear() {
    stage().remove();
  },
};

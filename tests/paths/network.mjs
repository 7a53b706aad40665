/**
 * Machines of their own, as network namespaces, on networks of their own: `npm run test:paths` gives this process the rights
 * to make them. The test itself stands on none of these networks.
 */

import { execFileSync } from "node:child_process";

/** The network that stands for the internet. */
const INTERNET = "192.0.2";

/** What neither goes to its own network nor is for this link alone. */
const BEYOND_THE_LINK = [
  ...["-o", "internet", "-m", "iprange", "!", "--dst-range", `${INTERNET}.0-${INTERNET}.255`],
  ...["-m", "addrtype", "!", "--dst-type", "MULTICAST"],
];

/** How many namespaces there are: each name is used once. */
let machines = 0;

/** @param {string[]} words */
function ip(...words) {
  execFileSync("ip", words, { stdio: ["ignore", "pipe", "pipe"] });
}

export class Machine {
  /** @param {string} [name] */
  constructor(name = `m${machines++}`) {
    this.name = name;
    ip("netns", "add", name);
    this.run("ip", "link", "set", "lo", "up");
  }

  /** What starts a program on it. */
  get inside() {
    return ["ip", "netns", "exec", this.name];
  }

  /** Runs a command on it, and returns what it prints. @param {string[]} words */
  run(...words) {
    const [command, ...args] = [...this.inside, ...words];
    return execFileSync(command, args, { stdio: ["ignore", "pipe", "pipe"] }).toString();
  }

  /**
   * Joins it to another machine by a cable, whose ends are named after the machine at the other end.
   *
   * @param {Machine} other
   * @param {string} own the address of this end, with its prefix
   * @param {string} others that of the other end
   */
  join(other, own, others) {
    ip("link", "add", other.name, "netns", this.name, "type", "veth", "peer", "name", this.name, "netns", other.name);
    this.#configure(other.name, own);
    other.#configure(this.name, others);
  }

  /** @param {string} device @param {string} address */
  #configure(device, address) {
    // An IPv6 address that is still being checked for duplicates cannot be bound.
    this.run("ip", "address", "add", address, "dev", device, ...(address.includes(":") ? ["nodad"] : []));
    this.run("ip", "link", "set", device, "up");
  }

  /**
   * From now on counts what it sends beyond its own link, and every question to a name server, wherever that is.
   *
   * @returns {() => number} how many packets that is so far
   */
  countOutside() {
    return this.#count([["-p", "udp", "--dport", "53"], BEYOND_THE_LINK]);
  }

  /**
   * From now on counts what is about STUN in that: its messages (RFC 8489 §5), and questions for the name of a server.
   *
   * @returns {() => number} how many packets that is so far
   */
  countStun() {
    const cookie = ["-p", "udp", "-m", "u32", "--u32", "0>>22&0x3C@12=0x2112A442"];
    const name = ["-p", "udp", "--dport", "53", "-m", "string", "--algo", "bm", "--string", "stun"];
    return this.#count([name, [...BEYOND_THE_LINK, ...cookie]]);
  }

  /** @param {string[][]} rules */
  #count(rules) {
    for (const rule of rules) {
      this.run("iptables", "-A", "OUTPUT", ...rule);
    }
    return () => {
      const lines = this.run("iptables", "-nvxL", "OUTPUT").trim().split("\n").slice(-rules.length);
      return lines.reduce((sum, line) => sum + Number(line.trim().split(/\s+/)[0]), 0);
    };
  }

  /** Forwards packets: it becomes a router. */
  forward() {
    this.run("sysctl", "-qw", "net.ipv4.ip_forward=1");
  }

  remove() {
    ip("netns", "delete", this.name);
  }
}

/** Routers and the machines behind them. */
export class Network {
  /** @type {Machine[]} */
  #machines = [];
  #internet;
  #addresses = 10;

  /** @param {import("node:test").TestContext} t */
  constructor(t) {
    t.after(() => {
      for (const machine of this.#machines.reverse()) {
        machine.remove();
      }
    });
    this.#internet = this.machine();
    this.#internet.run("ip", "link", "add", "bridge", "type", "bridge");
    this.#internet.run("ip", "address", "add", `${INTERNET}.1/24`, "dev", "bridge");
    this.#internet.run("ip", "link", "set", "bridge", "up");
    // What is sent to an address that is nowhere vanishes: an error would be told to the sender at once.
    this.#internet.forward();
    this.#internet.run("ip", "route", "add", "blackhole", "default");
  }

  /** A machine on no network. */
  machine() {
    const machine = new Machine();
    this.#machines.push(machine);
    return machine;
  }

  /**
   * Gives a machine an address of the internet, and returns it.
   *
   * @param {Machine} machine
   * @param {{instead?: boolean}} [options] `instead`: of the one that it has
   */
  connect(machine, { instead = false } = {}) {
    const address = `${INTERNET}.${this.#addresses++}`;
    if (instead) {
      machine.run("ip", "address", "flush", "dev", "internet");
      machine.run("ip", "address", "add", `${address}/24`, "dev", "internet");
      machine.run("ip", "route", "add", "default", "via", `${INTERNET}.1`);
      return address;
    }
    const cable = { outside: machine.name, inside: "internet" };
    ip("link", "add", cable.inside, "netns", machine.name, "type", "veth", "peer", "name", cable.outside, "netns", this.#internet.name);
    this.#internet.run("ip", "link", "set", cable.outside, "master", "bridge", "up");
    machine.run("ip", "address", "add", `${address}/24`, "dev", cable.inside);
    machine.run("ip", "link", "set", cable.inside, "up");
    machine.run("ip", "route", "add", "default", "via", `${INTERNET}.1`);
    return address;
  }

  /** A machine on the internet. */
  public() {
    const machine = this.machine();
    return { machine, address: this.connect(machine) };
  }

  /**
   * A machine with a private address, behind a router that translates it to its own.
   *
   * @param {number} number of its private network
   */
  behindNat(number) {
    const [machine, router] = [this.machine(), this.machine()];
    const [own, gateway] = [`10.0.${number}.2`, `10.0.${number}.1`];
    machine.join(router, `${own}/24`, `${gateway}/24`);
    machine.run("ip", "route", "add", "default", "via", gateway);
    const address = this.connect(router);
    router.forward();
    router.run("iptables", "-t", "nat", "-A", "POSTROUTING", "-o", "internet", "-j", "MASQUERADE");
    // As routers do: nobody on the internet begins.
    for (const chain of ["INPUT", "FORWARD"]) {
      router.run("iptables", "-A", chain, "-i", "internet", "-m", "conntrack", "--ctstate", "NEW", "-j", "DROP");
    }
    return { machine, router, own, address };
  }
}

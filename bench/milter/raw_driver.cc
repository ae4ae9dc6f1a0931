// Drives a milter as hard as one thread can, as Postfix would speak to it, and says what a message
// cost the filter's process.
//
//   milter_raw_driver --socket unix:PATH|inet:PORT --pid PID --message FILE [--connections N]
//     [--sender S] [--recipient R] [--login L] [--mode kept|new] [--seconds S] [--warmup S]
//     [--small-writes]
//
// N connections in one epoll loop.  "new": a connection per message; "kept": many over one.
// --small-writes sends each packet by itself, as Postfix does before it awaits a reply; otherwise
// one write each time.  Prints one JSON object.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace {

struct Options {
  std::string socket, message, sender = "<>", recipient = "<victim@bench.test>", login,
                               mode = "kept";
  int pid = 0;
  unsigned connections = 100;
  double seconds = 1, warmup = 0.3;
  bool small_writes = false;
};

[[noreturn]] void fail(const std::string& why) {
  std::fprintf(stderr, "milter_raw_driver: %s\n", why.c_str());
  std::exit(1);
}

std::string packet(char command, std::string_view payload) {
  const auto length = static_cast<std::uint32_t>(payload.size() + 1);
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8)
    bytes.push_back(static_cast<char>((length >> shift) & 0xff));
  return bytes + command + std::string(payload);
}

std::string zero(std::string_view text) {
  return std::string(text) + '\0';
}

std::uint32_t read_number(const char* bytes) {
  std::uint32_t number = 0;
  for (int i = 0; i < 4; ++i)
    number = (number << 8) | static_cast<unsigned char>(bytes[i]);
  return number;
}

// One packet of a conversation, and whether its reply is awaited before the next.
struct Step {
  std::string bytes;
  bool awaited = false;
  char command = 0;
};

// Everything after the negotiation, for what the filter chose.
struct Script {
  std::vector<Step> client;  // CONNECT: once a connection.
  std::vector<Step> message;
};

Script make_script(const Options& options, std::uint32_t steps) {
  Script script;
  const auto add = [&](std::vector<Step>& to, char command, std::string payload, std::uint32_t skip,
                       std::uint32_t no_reply, const std::string& macros) {
    if ((steps & skip) != 0) return;
    std::string bytes = macros.empty() ? "" : packet('D', command + macros);
    bytes += packet(command, payload);
    to.push_back({std::move(bytes), no_reply == 0 || (steps & no_reply) == 0, command});
  };
  add(script.client, 'C',
      zero("client.example.net") + "4" + std::string("\x30\x39", 2) + zero("192.0.2.1"), 0x1,
      0x1000, zero("j") + zero("mx.bench.test") + zero("{daemon_name}") + zero("smtpd"));
  add(script.client, 'H', zero("client.example.net"), 0x2, 0x2000, "");
  auto& to = script.message;
  add(to, 'M', zero(options.sender), 0x4, 0x4000,
      options.login.empty() ? "" : zero("{auth_authen}") + zero(options.login));
  add(to, 'R', zero(options.recipient), 0x8, 0x8000, "");
  add(to, 'T', "", 0x200, 0x10000, "");
  std::ifstream file(options.message, std::ios::binary);
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  std::size_t at = 0;
  while (at < text.size() && text[at] != '\n') {
    std::size_t end = text.find('\n', at);
    while (end != std::string::npos && end + 1 < text.size() &&
           (text[end + 1] == ' ' || text[end + 1] == '\t'))
      end = text.find('\n', end + 1);
    if (end == std::string::npos) end = text.size();
    const std::size_t colon = text.find(':', at);
    if (colon == std::string::npos || colon > end) fail("the message has a line that is no field");
    const std::size_t value = std::min(end, colon + 2);
    add(to, 'L', zero(text.substr(at, colon - at)) + zero(text.substr(value, end - value)), 0x20,
        0x80, "");
    at = end + 1;
  }
  std::string body;
  for (std::size_t i = at + 1; i < text.size(); ++i) {
    if (text[i] == '\n') body += '\r';
    body += text[i];
  }
  add(to, 'N', "", 0x40, 0x40000, zero("i") + zero("4TestQueueId"));
  for (std::size_t i = 0; i < body.size(); i += 65535)
    add(to, 'B', body.substr(i, 65535), 0x10, 0x80000, "");
  add(to, 'E', "", 0, 0, zero("i") + zero("4TestQueueId"));
  return script;
}

class Driver {
 public:
  explicit Driver(const Options& options) : options_(options), epoll_(::epoll_create1(0)) {
    connections_.resize(options.connections);
    for (auto& connection : connections_)
      open(connection);
  }

  void run() {
    using Clock = std::chrono::steady_clock;
    const auto until = [this](double seconds) {
      const auto end = Clock::now() + std::chrono::duration<double>(seconds);
      while (Clock::now() < end)
        turn();
    };
    until(options_.warmup);
    messages_ = 0;
    replies_.clear();
    const double cpu = cpu_seconds();
    const auto began = Clock::now();
    until(options_.seconds);
    const double seconds = std::chrono::duration<double>(Clock::now() - began).count();
    const double used = cpu_seconds() - cpu;
    std::printf("{\"messages\": %llu, \"seconds\": %.3f, \"cpu_us\": %.3f, \"replies\": {",
                static_cast<unsigned long long>(messages_), seconds,
                messages_ == 0 ? 0.0 : used * 1e6 / static_cast<double>(messages_));
    const char* comma = "";
    for (const auto& [reply, count] : replies_) {
      std::printf("%s\"%c\": %llu", comma, reply, static_cast<unsigned long long>(count));
      comma = ", ";
    }
    std::printf("}}\n");
  }

 private:
  enum class Phase { Negotiating, Client, Message };
  struct Connection {
    int fd = -1;
    Phase phase = Phase::Negotiating;
    std::size_t step = 0;
    std::string received;
  };

  double cpu_seconds() const {
    clockid_t clock{};
    timespec time{};
    if (::clock_getcpuclockid(options_.pid, &clock) != 0 || ::clock_gettime(clock, &time) != 0)
      fail("the filter's process is gone");
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
  }

  int connect_socket() const {
    int fd = -1;
    int result = -1;
    if (options_.socket.starts_with("unix:")) {
      sockaddr_un address{};
      address.sun_family = AF_UNIX;
      options_.socket.substr(5).copy(address.sun_path, sizeof address.sun_path - 1);
      fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
      result = ::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address);
    } else {
      sockaddr_in address{};
      address.sin_family = AF_INET;
      address.sin_port = htons(static_cast<std::uint16_t>(std::stoi(options_.socket.substr(5))));
      address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
      fd = ::socket(AF_INET, SOCK_STREAM, 0);
      result = ::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address);
    }
    if (result != 0) fail("cannot connect to " + options_.socket + ": " + std::strerror(errno));
    return fd;
  }

  void open(Connection& connection) {
    connection = Connection{};
    connection.fd = connect_socket();
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.ptr = &connection;
    ::epoll_ctl(epoll_, EPOLL_CTL_ADD, connection.fd, &event);
    static const std::string negotiation =
        packet('O', std::string("\0\0\0\x06\0\0\x01\xff\0\x1f\xff\xff", 12));
    write(connection, negotiation);
  }

  // Blocking: what we send always fits the socket's buffer, or the filter reads meanwhile.
  static void write(const Connection& connection, std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(connection.fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent < 0 && errno == EINTR) continue;
      if (sent <= 0) fail("the filter closed a connection");
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
  }

  const std::vector<Step>& steps_of(const Connection& connection) const {
    return connection.phase == Phase::Client ? script_.client : script_.message;
  }

  // Sends up to and including the next command whose reply is awaited.
  void advance(Connection& connection) {
    out_.clear();
    while (true) {
      if (connection.step == steps_of(connection).size()) {
        // The client's steps are over; those of a message end in an awaited reply.
        connection.phase = Phase::Message;
        connection.step = 0;
      }
      const Step& step = steps_of(connection)[connection.step];
      if (options_.small_writes) {
        write(connection, step.bytes);
      } else {
        out_ += step.bytes;
      }
      if (step.awaited) break;
      ++connection.step;
    }
    write(connection, out_);
  }

  void end_message(Connection& connection, char reply) {
    ++messages_;
    ++replies_[reply];
    const bool settled_early = connection.step + 1 < script_.message.size();
    if (options_.mode == "new") {
      write(connection, settled_early ? packet('A', "") + packet('Q', "") : packet('Q', ""));
      ::close(connection.fd);
      return open(connection);
    }
    if (settled_early) write(connection, packet('A', ""));
    connection.step = 0;
    advance(connection);
  }

  void on_reply(Connection& connection, std::string_view bytes) {
    const char reply = bytes[4];
    if (connection.phase == Phase::Negotiating) {
      if (reply != 'O') fail("no negotiation");
      if (script_.message.empty()) script_ = make_script(options_, read_number(bytes.data() + 13));
      connection.phase = Phase::Client;
      return advance(connection);
    }
    if (std::string_view("imhq").find(reply) != std::string_view::npos) return;
    const Step& step = steps_of(connection)[connection.step];
    if (step.command == 'E' || std::string_view("arty").find(reply) != std::string_view::npos)
      return end_message(connection, reply);
    ++connection.step;
    if (reply == 's') connection.step = script_.message.size() - 1;
    advance(connection);
  }

  void on_readable(Connection& connection) {
    char buffer[4096];
    const ssize_t got = ::recv(connection.fd, buffer, sizeof buffer, 0);
    if (got <= 0) fail("the filter closed a connection");
    connection.received.append(buffer, static_cast<std::size_t>(got));
    const int fd = connection.fd;
    while (connection.received.size() >= 5) {
      const std::size_t bytes = 4 + read_number(connection.received.data());
      if (connection.received.size() < bytes) return;
      const std::string one = connection.received.substr(0, bytes);
      connection.received.erase(0, bytes);
      on_reply(connection, one);
      if (connection.fd != fd) return;  // Opened anew.
    }
  }

  void turn() {
    epoll_event events[64];
    const int count = ::epoll_wait(epoll_, events, 64, 100);
    for (int i = 0; i < count; ++i)
      on_readable(*static_cast<Connection*>(events[i].data.ptr));
  }

  Options options_;
  int epoll_;
  Script script_;
  std::vector<Connection> connections_;
  std::string out_;
  std::uint64_t messages_ = 0;
  std::map<char, std::uint64_t> replies_;
};

Options parse_options(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string_view name = argv[i];
    if (name == "--small-writes") {
      options.small_writes = true;
      continue;
    }
    if (i + 1 == argc) fail("an option without its value");
    const std::string value = argv[++i];
    if (name == "--socket")
      options.socket = value;
    else if (name == "--message")
      options.message = value;
    else if (name == "--sender")
      options.sender = value;
    else if (name == "--recipient")
      options.recipient = value;
    else if (name == "--login")
      options.login = value;
    else if (name == "--mode")
      options.mode = value;
    else if (name == "--pid")
      options.pid = std::stoi(value);
    else if (name == "--connections")
      options.connections = static_cast<unsigned>(std::stoul(value));
    else if (name == "--seconds")
      options.seconds = std::stod(value);
    else if (name == "--warmup")
      options.warmup = std::stod(value);
    else
      fail("there is no option " + std::string(name));
  }
  return options;
}

}  // namespace

int main(int argc, char** argv) {
  Driver(parse_options(argc, argv)).run();
  return 0;
}

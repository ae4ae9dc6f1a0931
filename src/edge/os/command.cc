#include "edge/os/command.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <optional>

#include "edge/os/file_descriptor.h"

namespace backstop::os {
namespace {

// How often it is looked whether the program has ended while something it started holds its output.
constexpr std::chrono::milliseconds kLook{50};
// How often its output is read before the clock is looked at: more than a pipe holds.
constexpr unsigned kReadsAtOnce = 32;

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (std::string& text : texts)
    out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

// In a process group of its own, with no signal blocked or ignored.
int spawn(const std::vector<std::string>& words, const std::vector<std::string>& environment,
          int input, int output, pid_t& child) {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_init(&actions);
  posix_spawnattr_init(&attributes);
  posix_spawn_file_actions_adddup2(&actions, input, 0);
  posix_spawn_file_actions_adddup2(&actions, output, 1);
  posix_spawn_file_actions_adddup2(&actions, output, 2);
  sigset_t none;
  sigset_t usual;
  sigemptyset(&none);
  sigemptyset(&usual);
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGQUIT, SIGCHLD})
    sigaddset(&usual, number);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &usual);
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setflags(&attributes,
                           POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  std::vector<std::string> arguments = words;
  std::vector<std::string> variables = environment;
  const int error = posix_spawn(&child, words.front().c_str(), &actions, &attributes,
                                pointers_to(arguments).data(), pointers_to(variables).data());
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  return error;
}

// Both directions at once, so that neither fills up while the other waits.
class Talk {
 public:
  Talk(FileDescriptor to, FileDescriptor from, std::string_view input, std::size_t output_bytes)
      : to_(std::move(to)), from_(std::move(from)), input_(input), most_(output_bytes) {}

  void wait(std::chrono::milliseconds most) {
    std::array<pollfd, 2> polled = {pollfd{from_.get(), POLLIN, 0}, pollfd{to_.get(), POLLOUT, 0}};
    poll(polled.data(), polled.size(), static_cast<int>(most.count()));
    if (polled[1].revents != 0) feed();
    if (polled[0].revents != 0) drain();
  }
  // Not until there is nothing left: one that never stops printing would keep us from the clock.
  void drain() {
    std::array<char, 4096> buffer{};
    for (unsigned reads = 0; reads < kReadsAtOnce; ++reads) {
      const ssize_t got = read(from_.get(), buffer.data(), buffer.size());
      if (got == 0) from_ = FileDescriptor();
      if (got <= 0) return;
      output_.append(buffer.data(),
                     std::min(static_cast<std::size_t>(got), most_ - output_.size()));
    }
  }
  std::string take_output() { return std::move(output_); }

 private:
  void feed() {
    const ssize_t sent = send(to_.get(), input_.data(), input_.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent > 0) input_.remove_prefix(static_cast<std::size_t>(sent));
    // One that does not read it all does not have to.
    if (input_.empty() || (sent < 0 && errno != EAGAIN && errno != EINTR)) to_ = FileDescriptor();
  }

  FileDescriptor to_;
  FileDescriptor from_;
  std::string_view input_;
  std::size_t most_;
  std::string output_;
};

}  // namespace

Result<CommandRun> run_command(const std::vector<std::string>& words,
                               const std::vector<std::string>& environment, std::string_view input,
                               const CommandLimits& limits, const std::atomic<bool>& is_stopping) {
  const std::string& name = words.front();
  std::array<int, 2> in{};
  std::array<int, 2> out{};
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, in.data()) != 0)
    return fail(Errc::Unavailable, name, fmt::format("cannot be run: {}", std::strerror(errno)));
  FileDescriptor to(in[0]);
  FileDescriptor its_input(in[1]);
  if (pipe2(out.data(), O_CLOEXEC) != 0)
    return fail(Errc::Unavailable, name, fmt::format("cannot be run: {}", std::strerror(errno)));
  FileDescriptor from(out[0]);
  FileDescriptor its_output(out[1]);
  fcntl(from.get(), F_SETFL, O_NONBLOCK);
  pid_t child = -1;
  if (const int error = spawn(words, environment, its_input.get(), its_output.get(), child);
      error != 0)
    return fail(error == EACCES ? Errc::Denied : Errc::NotFound, name,
                fmt::format("cannot be run: {}", std::strerror(error)));
  its_input = FileDescriptor();
  its_output = FileDescriptor();
  Talk talk(std::move(to), std::move(from), input, limits.output_bytes);
  const auto end = std::chrono::steady_clock::now() + limits.wait;
  int status = 0;
  bool is_killed = false;
  while (waitpid(child, &status, is_killed ? 0 : WNOHANG) != child) {
    if (std::chrono::steady_clock::now() >= end || is_stopping.load()) {
      is_killed = true;
      kill(-child, SIGKILL);
      kill(child, SIGKILL);
      continue;
    }
    talk.wait(kLook);
  }
  talk.drain();
  if (is_killed) {
    return fail(Errc::Unavailable, name,
                is_stopping.load() ? std::string("was ended, since we end")
                                   : fmt::format("did not end within {} ms", limits.wait.count()));
  }
  if (WIFSIGNALED(status))
    return fail(Errc::Unavailable, name, fmt::format("was ended by signal {}", WTERMSIG(status)));
  return CommandRun{.exit_code = WEXITSTATUS(status), .output = talk.take_output()};
}

}  // namespace backstop::os

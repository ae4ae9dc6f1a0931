#include "edge/mta/program.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <optional>

#include "core/base/limits.h"

namespace backstop::mta {
namespace {

// A descriptor that is closed when dropped.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() { reset(); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  void reset(int fd = -1) {
    if (fd_ >= 0) close(fd_);
    fd_ = fd;
  }
  int get() const { return fd_; }

 private:
  int fd_ = -1;
};

struct Channel {
  Descriptor ours;
  Descriptor theirs;
};

bool open_pipe(Channel& channel) {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return false;
  channel.ours.reset(ends[0]);
  channel.theirs.reset(ends[1]);
  return true;
}

// A terminal without line discipline, so that lines come as they are written.
bool open_terminal(Channel& channel) {
  int ours = -1;
  int theirs = -1;
  termios plain{};
  cfmakeraw(&plain);
  if (openpty(&ours, &theirs, nullptr, &plain, nullptr) != 0) return false;
  channel.ours.reset(ours);
  channel.theirs.reset(theirs);
  return fcntl(ours, F_SETFD, FD_CLOEXEC) == 0 && fcntl(theirs, F_SETFD, FD_CLOEXEC) == 0;
}

// What kept the child from becoming the program: where, and errno.
struct Failure {
  bool in_root = false;
  int error = 0;
};

// A file in memory that holds `text`, read from its start; -1 when there is none.
int open_input(std::string_view text) {
  const int file = memfd_create("input", MFD_CLOEXEC);
  if (file < 0) return -1;
  while (!text.empty()) {
    const ssize_t put = write(file, text.data(), text.size());
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) {
      close(file);
      return -1;
    }
    text.remove_prefix(static_cast<std::size_t>(put));
  }
  if (lseek(file, 0, SEEK_SET) == 0) return file;
  close(file);
  return -1;
}

std::vector<char*> pointers_to(std::vector<std::string>& words) {
  std::vector<char*> out;
  for (std::string& word : words)
    out.push_back(word.data());
  out.push_back(nullptr);
  return out;
}

// What the child said before it became a program, if that failed.
std::optional<Error> read_failure(int failed, const std::string& root, const std::string& name) {
  Failure failure;
  if (read(failed, &failure, sizeof(failure)) != ssize_t{sizeof(failure)}) return std::nullopt;
  if (failure.in_root)
    return Error{Errc::Denied, root, "cannot be made the root of a command: be root"};
  return Error{failure.error == EACCES ? Errc::Denied : Errc::NotFound, name,
               fmt::format("cannot be run: {}", std::strerror(failure.error))};
}

// Between fork and exec: only what is safe there.
[[noreturn]] void become(const char* root, char* const* words, int input, int output,
                         int complaints, int failed) {
  static char path[] = "PATH=/usr/sbin:/usr/bin:/sbin:/bin";
  static char locale[] = "LC_ALL=C";
  char* const environment[] = {path, locale, nullptr};
  setpgid(0, 0);  // So that all of it can be ended at once.
  Failure failure;
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGQUIT})
    signal(number, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  const int given = input >= 0 ? input : open("/dev/null", O_RDONLY);
  failure.in_root = root != nullptr && (chroot(root) != 0 || chdir("/") != 0);
  if (!failure.in_root && dup2(given, 0) >= 0 && dup2(output, 1) >= 0 && dup2(complaints, 2) >= 0)
    execve(words[0], words, environment);
  failure.error = errno;
  [[maybe_unused]] const ssize_t written = write(failed, &failure, sizeof(failure));
  _exit(127);
}

// False at the end.
bool read_some(int fd, std::string& text, std::size_t most, bool& cut) {
  std::array<char, 4096> buffer{};
  const ssize_t got = read(fd, buffer.data(), buffer.size());
  if (got < 0) return errno == EINTR || errno == EAGAIN;  // EIO: the terminal's other end is gone.
  if (got == 0) return false;
  const std::size_t room = most - std::min(text.size(), most);
  const auto size = static_cast<std::size_t>(got);
  text.append(buffer.data(), std::min(size, room));
  if (size > room) cut = true;
  return true;
}

// Reads both until they end; false when time is up first.
bool read_both(int output, int words, Outcome& outcome, std::chrono::seconds wait,
               std::size_t most) {
  bool words_cut = false;
  const auto end = std::chrono::steady_clock::now() + wait;
  std::array<pollfd, 2> watched = {pollfd{output, POLLIN, 0}, pollfd{words, POLLIN, 0}};
  while (watched[0].fd >= 0 || watched[1].fd >= 0) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        end - std::chrono::steady_clock::now());
    if (left.count() <= 0) return false;
    if (poll(watched.data(), watched.size(), static_cast<int>(left.count())) < 0 && errno != EINTR)
      return false;
    if (watched[0].revents != 0 && !read_some(output, outcome.output, most, outcome.cut))
      watched[0].fd = -1;
    if (watched[1].revents != 0 &&
        !read_some(words, outcome.words, limits::kMtaOutputBytes, words_cut))
      watched[1].fd = -1;
  }
  return true;
}

Result<int> wait_for(pid_t child, const std::string& name) {
  int status = 0;
  while (waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) return fail(Errc::Unavailable, name, "its end cannot be waited for");
  }
  if (WIFEXITED(status)) return WEXITSTATUS(status);
  return fail(Errc::Unavailable, name, fmt::format("was ended by signal {}", WTERMSIG(status)));
}

}  // namespace

Result<Outcome> run_program(const std::string& root, const std::vector<std::string>& words,
                            std::chrono::seconds wait, const ProgramTalk& talk) {
  const std::string& name = words.front();
  Channel output;
  Channel complaints;
  Channel failed;
  if (!open_pipe(output) || !open_pipe(failed) ||
      (!open_terminal(complaints) && !open_pipe(complaints)))
    return fail(Errc::Unavailable, name, fmt::format("cannot be run: {}", std::strerror(errno)));
  const Descriptor input(talk.input.empty() ? -1 : open_input(talk.input));
  if (!talk.input.empty() && input.get() < 0)
    return fail(Errc::Unavailable, name, "cannot be given its input: is there no memory?");
  std::vector<std::string> copies = words;
  const std::vector<char*> arguments = pointers_to(copies);
  const pid_t child = fork();
  if (child < 0)
    return fail(Errc::Unavailable, name, fmt::format("cannot be run: {}", std::strerror(errno)));
  if (child == 0) {
    become(root == "/" ? nullptr : root.c_str(), arguments.data(), input.get(), output.theirs.get(),
           complaints.theirs.get(), failed.theirs.get());
  }
  output.theirs.reset();
  complaints.theirs.reset();
  failed.theirs.reset();
  Outcome outcome;
  const bool ended =
      read_both(output.ours.get(), complaints.ours.get(), outcome, wait, talk.output_bytes);
  if (!ended) {
    kill(-child, SIGKILL);
    kill(child, SIGKILL);
  }
  const Result<int> code = wait_for(child, name);
  if (auto failure = read_failure(failed.ours.get(), root, name))
    return tl::unexpected<Error>(*std::move(failure));
  if (!ended)
    return fail(Errc::Unavailable, name, fmt::format("did not end within {} s", wait.count()));
  BS_TRY(outcome.exit_code, code);
  return outcome;
}

Result<bool> start_program(const std::string& root, const std::vector<std::string>& words,
                           std::chrono::milliseconds wait) {
  const std::string& name = words.front();
  Channel failed;
  const Descriptor nothing(open("/dev/null", O_RDWR | O_CLOEXEC));
  if (nothing.get() < 0 || !open_pipe(failed))
    return fail(Errc::Unavailable, name, fmt::format("cannot be run: {}", std::strerror(errno)));
  std::vector<std::string> copies = words;
  const std::vector<char*> arguments = pointers_to(copies);
  const pid_t child = fork();
  if (child < 0)
    return fail(Errc::Unavailable, name, fmt::format("cannot be run: {}", std::strerror(errno)));
  if (child == 0) {
    setsid();  // A terminal that goes away takes nothing with it.
    become(root == "/" ? nullptr : root.c_str(), arguments.data(), nothing.get(), nothing.get(),
           nothing.get(), failed.theirs.get());
  }
  failed.theirs.reset();
  // The other end closes when it has become the program.
  if (auto failure = read_failure(failed.ours.get(), root, name)) {
    [[maybe_unused]] const auto end = wait_for(child, name);
    return tl::unexpected<Error>(*std::move(failure));
  }
  // The C library of Debian 12 declares it for C alone.
  const Descriptor its_end(static_cast<int>(syscall(SYS_pidfd_open, child, 0)));
  pollfd watched{its_end.get(), POLLIN, 0};
  const auto until = std::chrono::steady_clock::now() + wait;
  int ready = 0;
  do {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        until - std::chrono::steady_clock::now());
    ready = poll(&watched, 1, static_cast<int>(std::max<std::int64_t>(left.count(), 0)));
  } while (ready < 0 && errno == EINTR);
  return waitpid(child, nullptr, WNOHANG) == child;
}

}  // namespace backstop::mta

#include "edge/mta/sendmail_held.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <glob.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>

#include "core/base/held_limits.h"
#include "core/base/limits.h"
#include "edge/mta/logical_lines.h"
#include "edge/mta/other_server.h"
#include "edge/mta/program.h"
#include "edge/mta/queue_file.h"
#include "edge/mta/rooted_file.h"

namespace backstop::mta {
namespace {

namespace fs = std::filesystem;

constexpr const char* kProgram = "/usr/sbin/sendmail";
constexpr const char* kConfiguration = "/etc/mail/sendmail.cf";
constexpr const char* kQueue = "/var/spool/mqueue";
// Queue directories behind one wildcard.
constexpr std::size_t kQueuesMax = 1000;
constexpr std::int64_t kLastSecond = 253'402'300'799;

tl::unexpected<Error> not_held(const std::string& queue_id) {
  return fail(Errc::NotFound, queue_id, "is not held by Sendmail any more");
}

std::string_view without_brackets(std::string_view address) {
  if (address.size() >= 2 && address.front() == '<' && address.back() == '>')
    return address.substr(1, address.size() - 2);
  return address;
}

// "H?flags?Name: value" loses what stands before the name; further lines of the field follow as
// they are.
std::string_view without_flags(std::string_view line) {
  if (!line.starts_with('?')) return line;
  const std::size_t end = line.find('?', 1);
  return end == line.npos ? line : line.substr(end + 1);
}

bool parse_seconds(std::string_view text, std::int64_t& out) {
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc{} && rest == text.data() + text.size() && out >= 0 &&
         out <= kLastSecond;
}

}  // namespace

std::optional<SendmailEnvelope> parse_sendmail_envelope(std::string_view text) {
  SendmailEnvelope out;
  bool is_field = false;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text = end == text.npos ? std::string_view() : text.substr(end + 1);
    if (line.empty()) continue;
    if (line == ".") break;
    const std::string_view rest = line.substr(1);
    if (line.front() == ' ' || line.front() == '\t') {
      if (is_field) out.header.append(line).push_back('\n');
      continue;
    }
    is_field = line.front() == 'H';
    if (is_field) {
      out.header.append(without_flags(rest)).push_back('\n');
    } else if (line.front() == 'T') {
      std::int64_t seconds = 0;
      if (!parse_seconds(rest, seconds)) return std::nullopt;
      out.message.arrived = Instant{Seconds{seconds}};
      out.time = rest;
    } else if (line.front() == 'q') {
      out.reason = rest;
    } else if (line.front() == 'S') {
      out.message.sender = without_brackets(rest);
    } else if (line.front() == 'R') {
      // "RFLAGS:<address>"
      const std::size_t colon = rest.find(':');
      ++out.message.recipient_count;
      if (out.message.recipients.size() < limits::kHeldRecipients)
        out.message.recipients.emplace_back(
            without_brackets(colon == rest.npos ? rest : rest.substr(colon + 1)));
    }
  }
  if (out.time.empty() || out.reason.empty()) return std::nullopt;
  return out;
}

std::vector<std::string> find_queue_directories(std::string_view sendmail_cf) {
  constexpr std::string_view kOption = "O QueueDirectory=";
  std::vector<std::string> out;
  while (!sendmail_cf.empty()) {
    const std::size_t end = sendmail_cf.find('\n');
    const std::string_view line = sendmail_cf.substr(0, end);
    sendmail_cf = end == sendmail_cf.npos ? std::string_view() : sendmail_cf.substr(end + 1);
    if (line.starts_with(kOption)) out.emplace_back(trim(line.substr(kOption.size())));
  }
  if (out.empty()) out.emplace_back(kQueue);
  return out;
}

Result<SendmailHeld> SendmailHeld::find(const std::string& root) {
  const auto text = read_rooted(root, kConfiguration);
  const auto program = resolve(root, kProgram);
  struct stat status{};
  if (!text || !program || stat(program->c_str(), &status) != 0)
    return fail(Errc::NotFound, "sendmail", "there is no Sendmail here");
  std::vector<std::string> directories;
  for (const std::string& pattern : find_queue_directories(*text)) {
    glob_t found{};
    const std::string whole = root == "/" ? pattern : root + pattern;
    if (glob(whole.c_str(), GLOB_NOSORT, nullptr, &found) == 0) {
      for (std::size_t i = 0; i < found.gl_pathc && directories.size() < kQueuesMax; ++i) {
        // Envelopes may stand in a directory of their own.
        const std::string path = found.gl_pathv[i];
        directories.push_back(fs::is_directory(path + "/qf") ? path + "/qf" : path);
      }
    }
    globfree(&found);
  }
  return SendmailHeld(root, kProgram, std::move(directories));
}

Result<HeldListing> SendmailHeld::list() {
  HeldListing out;
  for (const std::string& directory : directories_) {
    std::error_code error;
    fs::directory_iterator entries(directory, error);
    if (error) return fail(Errc::Denied, directory, "cannot be read: be root");
    for (const auto& entry : entries) {
      const std::string name = entry.path().filename().string();
      if (!name.starts_with("hf")) continue;
      if (out.messages.size() == limits::kHeldMessages) {
        out.cut = true;
        return out;
      }
      const auto text = read_queue_file(entry.path().string());
      if (!text && text.error().code == Errc::NotFound) continue;  // Gone meanwhile.
      auto envelope = text ? parse_sendmail_envelope(*text) : std::nullopt;
      const std::string queue_id = name.substr(2);
      if (!envelope || !is_queue_id(queue_id)) {
        ++out.unreadable;
        continue;
      }
      HeldMessage message = std::move(envelope->message);
      message.queue_id = queue_id;
      message.bytes = envelope->header.size();
      if (const auto files = find_files(queue_id)) {
        const auto size = fs::file_size(files->content, error);
        if (!error) message.bytes += size;
      }
      out.messages.push_back(std::move(message));
    }
  }
  return out;
}

Result<SendmailHeld::Files> SendmailHeld::find_files(const std::string& queue_id) const {
  if (!is_queue_id(queue_id)) return not_held(queue_id);
  for (const std::string& directory : directories_) {
    Files files{.envelope = directory + "/hf" + queue_id, .content = directory + "/df" + queue_id};
    std::error_code error;
    if (!fs::exists(files.envelope, error)) continue;
    if (directory.ends_with("/qf"))
      files.content = directory.substr(0, directory.size() - 2) + "df/df" + queue_id;
    return files;
  }
  return not_held(queue_id);
}

Result<HeldText> SendmailHeld::read_header(const std::string& queue_id) {
  BS_TRY(const Files files, find_files(queue_id));
  BS_TRY(const std::string text, read_queue_file(files.envelope));
  auto envelope = parse_sendmail_envelope(text);
  if (!envelope) return not_held(queue_id);
  return HeldText{std::move(envelope->header), text.size() == limits::kHeldTextBytes};
}

Result<HeldText> SendmailHeld::read_message(const std::string& queue_id) {
  BS_TRY(HeldText out, read_header(queue_id));
  BS_TRY(const Files files, find_files(queue_id));
  BS_TRY(const std::string content, read_queue_file(files.content));
  out.text += "\n" + content;
  out.cut = out.cut || content.size() == limits::kHeldTextBytes;
  return out;
}

Result<void> SendmailHeld::release(const HeldMessage& message, Instant now) {
  BS_TRY(const Files files, find_files(message.queue_id));
  BS_TRY(const std::string text, read_queue_file(files.envelope));
  const auto envelope = parse_sendmail_envelope(text);
  if (!envelope) return not_held(message.queue_id);
  const auto offset = static_cast<std::size_t>(envelope->time.data() - text.data());
  BS_TRY_VOID(renew_time(files.envelope, offset, envelope->time, now));
  // Matching is by a part of the id; this is all of it.
  const std::string id = "-qI" + message.queue_id;
  const auto outcome = run_program(root_, {program_, "-qQ", "-Q", id}, limits::kMtaProgramWait);
  std::error_code error;
  if (!outcome || outcome->exit_code != 0 || fs::exists(files.envelope, error)) {
    // It stays held, and is known by when it came.
    [[maybe_unused]] const auto kept = renew_time(
        files.envelope, offset, std::to_string(now.time_since_epoch().count()), message.arrived);
    if (!outcome) return tl::unexpected<Error>(outcome.error());
    return fail(Errc::Unavailable, "sendmail",
                fmt::format("does not take {} out of its quarantine: {}", message.queue_id,
                            trim(outcome->words)));
  }
  // The next run of the queue takes it, if this one does not.
  [[maybe_unused]] const auto begun = run_program(root_, {program_, id}, limits::kMtaProgramWait);
  return {};
}

Result<void> SendmailHeld::drop(const HeldMessage& message) {
  BS_TRY(const Files files, find_files(message.queue_id));
  // Sendmail has no command for it.  Who works on a message holds a lock on its envelope.
  const int fd = open(files.envelope.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW);
  if (fd < 0) {
    if (errno == ENOENT) return not_held(message.queue_id);
    return fail(Errc::Denied, files.envelope, "cannot be opened: be root");
  }
  struct flock lock{};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  const bool is_free = flock(fd, LOCK_EX | LOCK_NB) == 0 && fcntl(fd, F_SETLK, &lock) == 0;
  bool gone = false;
  if (is_free) {
    gone = unlink(files.envelope.c_str()) == 0;
    if (gone) unlink(files.content.c_str());
  }
  const int error = errno;
  close(fd);
  if (gone) return {};
  if (!is_free)
    return fail(Errc::Unavailable, message.queue_id, "is in the hands of Sendmail; try again");
  return fail(Errc::Denied, files.envelope,
              fmt::format("cannot be removed: {}", std::strerror(error)));
}

}  // namespace backstop::mta

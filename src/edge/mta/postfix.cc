#include "edge/mta/postfix.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <charconv>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "core/base/limits.h"
#include "edge/mta/logical_lines.h"
#include "edge/mta/rooted_file.h"

namespace backstop::mta {
namespace {

constexpr const char* kPlaces[] = {"/usr/sbin/", "/usr/local/sbin/", "/sbin/"};

std::optional<std::string> find_program(const std::string& root, const std::string& name) {
  for (const char* const place : kPlaces) {
    const auto real = resolve(root, place + name);
    struct stat status{};
    if (real && stat(real->c_str(), &status) == 0 && S_ISREG(status.st_mode)) return place + name;
  }
  return std::nullopt;
}

std::string on_host(const std::string& root, const std::string& path) {
  return root == "/" ? path : root + path;
}

// What Postfix said, as one line: warnings are many, the last words tell why it ended.
std::string last_words(std::string_view words) {
  words = trim(words);
  const auto newline = words.rfind('\n');
  return std::string(trim(newline == std::string_view::npos ? words : words.substr(newline + 1)));
}

// Adds the "name = value" lines of postconf.
void append_settings(std::map<std::string, std::string>& out, std::string_view text) {
  while (!text.empty()) {
    const auto newline = text.find('\n');
    const std::string_view line = text.substr(0, newline);
    // A service's name may hold no blank, so the first " =" ends the key.
    if (const auto equals = line.find(" ="); equals != std::string_view::npos)
      out[std::string(line.substr(0, equals))] = std::string(trim(line.substr(equals + 2)));
    if (newline == std::string_view::npos) return;
    text.remove_prefix(newline + 1);
  }
}

Result<void> write_draft(const std::string& path, const std::string& text) {
  {
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    if (!(file << text).flush())
      return fail(Errc::Unavailable, path, "cannot be written: is the disk full?");
  }
  // Postfix waits for a file that was written within the last second, lest it read half of it.
  std::error_code error;
  std::filesystem::last_write_time(
      path, std::filesystem::file_time_type::clock::now() - std::chrono::minutes(1), error);
  return {};
}

}  // namespace

Result<Postfix> Postfix::find(const std::string& root) {
  Postfix out;
  out.root_ = root;
  const auto program = find_program(root, "postconf");
  if (!program) return fail(Errc::NotFound, "postconf", "there is no Postfix here");
  out.postconf_ = *program;
  // Defaults need no main.cf, so that a missing one can be named.
  BS_TRY(std::string defaults, out.ask({"-d", "-h", "config_directory", "mail_version"}));
  const auto newline = defaults.find('\n');
  out.config_directory_ = std::string(trim(std::string_view(defaults).substr(0, newline)));
  out.version_ = newline == std::string::npos
                     ? ""
                     : std::string(trim(std::string_view(defaults).substr(newline + 1)));
  if (const auto main = read_rooted(root, out.main_path()); !main) {
    Error error = main.error();
    if (error.code == Errc::NotFound) {
      error.detail =
          "is not there, so Postfix is not configured: run 'dpkg-reconfigure postfix', or copy a "
          "main.cf to it, then come back";
    }
    return tl::unexpected<Error>(std::move(error));
  }
  BS_TRY(out.queue_directory_, out.value("queue_directory"));
  return out;
}

Result<PostfixText> Postfix::read() const {
  PostfixText out;
  BS_TRY(out.main, read_rooted(root_, main_path()));
  auto master = read_rooted(root_, master_path());
  if (!master) {
    Error error = master.error();
    if (error.code == Errc::NotFound) {
      error.detail = fmt::format(
          "is not there, and Postfix cannot run without it: copy {}/master.cf.proto or "
          "/usr/share/postfix/master.cf.dist to it, then come back",
          config_directory_);
    }
    return tl::unexpected<Error>(std::move(error));
  }
  out.master = *std::move(master);
  return out;
}

Result<std::string> Postfix::ask(const std::vector<std::string>& arguments) const {
  std::vector<std::string> words = {postconf_};
  words.insert(words.end(), arguments.begin(), arguments.end());
  BS_TRY(Outcome outcome, run_program(root_, words, limits::kMtaProgramWait));
  if (outcome.exit_code != 0) {
    return fail(Errc::Invalid, "postconf",
                fmt::format("does not take this configuration: {}", last_words(outcome.words)));
  }
  return std::move(outcome.output);
}

Result<std::string> Postfix::value(const std::string& name) const {
  BS_TRY(const std::string text, ask({"-x", "-h", name}));
  return std::string(trim(text));
}

Result<Outcome> Postfix::run(const std::string& verb) const {
  const auto program = find_program(root_, "postfix");
  if (!program) return fail(Errc::NotFound, "postfix", "there is no such command");
  return run_program(root_, {*program, "-c", config_directory_, verb}, limits::kMtaProgramWait);
}

Result<Outcome> Postfix::command(const std::string& name, const std::vector<std::string>& arguments,
                                 const ProgramTalk& talk) const {
  const auto program = find_program(root_, name);
  if (!program) return fail(Errc::NotFound, name, "there is no such command");
  std::vector<std::string> words = {*program, "-c", config_directory_};
  words.insert(words.end(), arguments.begin(), arguments.end());
  return run_program(root_, words, limits::kMtaProgramWait, talk);
}

std::optional<Seconds> parse_postfix_time(std::string_view text, char unit) {
  constexpr std::int64_t kLongest = 1'000'000'000;
  std::int64_t count = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  const std::string_view tail = text.substr(static_cast<std::size_t>(rest - text.data()));
  if (error != std::errc{} || count < 0 || count > kLongest || tail.size() > 1) return std::nullopt;
  switch (tail.empty() ? unit : tail.front()) {
    case 's':
      return Seconds(count);
    case 'm':
      return std::chrono::minutes(count);
    case 'h':
      return std::chrono::hours(count);
    case 'd':
      return Days(count);
    case 'w':
      return std::chrono::weeks(count);
    default:
      return std::nullopt;
  }
}

Seconds queue_lifetime(const std::string& root) {
  constexpr Days kDefault{5};
  const auto postfix = Postfix::find(root);
  if (!postfix) return kDefault;
  const auto value = postfix->value("maximal_queue_lifetime");
  if (!value) return kDefault;
  return parse_postfix_time(*value, 'd').value_or(kDefault);
}

Result<PostfixDraft> PostfixDraft::make(const Postfix& postfix) {
  for (const char* const place : {"/tmp", "/run", "/var/tmp"}) {
    std::string path = on_host(postfix.root(), fmt::format("{}/backstop-setup-XXXXXX", place));
    if (mkdtemp(path.data()) == nullptr) continue;
    return PostfixDraft(postfix, postfix.root() == "/" ? path : path.substr(postfix.root().size()));
  }
  return fail(Errc::Denied, on_host(postfix.root(), "/tmp"),
              "no directory can be made there, nor in /run or /var/tmp, for a copy of Postfix's "
              "configuration");
}

PostfixDraft::PostfixDraft(PostfixDraft&& other) noexcept
    : postfix_(other.postfix_), directory_(std::move(other.directory_)) {
  other.directory_.clear();
}

PostfixDraft::~PostfixDraft() {
  if (directory_.empty()) return;
  const std::string path = on_host(postfix_.root(), directory_);
  for (const char* const name : {"/main.cf", "/master.cf"})
    unlink((path + name).c_str());
  rmdir(path.c_str());
}

Result<void> PostfixDraft::put(const PostfixText& text) {
  const std::string path = on_host(postfix_.root(), directory_);
  BS_TRY_VOID(write_draft(path + "/main.cf", text.main));
  return write_draft(path + "/master.cf", text.master);
}

Result<std::string> PostfixDraft::value(const std::string& name) const {
  BS_TRY(const std::string text, postfix_.ask({"-c", directory_, "-x", "-h", name}));
  return std::string(trim(text));
}

Result<std::map<std::string, std::string>> PostfixDraft::settings(bool replaced) const {
  std::map<std::string, std::string> out;
  for (const char* const what : {"-n", "-P"}) {
    std::vector<std::string> arguments = {"-c", directory_, what};
    if (replaced) arguments.emplace_back("-x");
    BS_TRY(const std::string text, postfix_.ask(arguments));
    append_settings(out, text);
  }
  out.erase("config_directory");  // Where the draft lies.
  return out;
}

}  // namespace backstop::mta

#include "edge/backup/manifest.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <set>

#include "core/base/ascii.h"
#include "core/base/backup_limits.h"

namespace backstop::backup {
namespace {

constexpr std::string_view kFirstWord = "backstop-backup";
constexpr std::string_view kFormat = "1";
constexpr std::uint32_t kModes = 0664;
constexpr std::size_t kDigestDigits = 64;

template <class Number>
bool parse_number(std::string_view text, Number& out, int base) {
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), out, base);
  return error == std::errc{} && rest == text.data() + text.size() && !text.empty();
}

bool parse_digest(std::string_view text, crypto::Sha256Digest& out) {
  if (text.size() != kDigestDigits) return false;
  for (std::size_t i = 0; i < out.size(); ++i)
    if (!parse_number(text.substr(2 * i, 2), out[i], 16)) return false;
  return true;
}

// Cuts the first word off.
std::string_view take_word(std::string_view& line) {
  const std::size_t blank = line.find(' ');
  const std::string_view word = line.substr(0, blank);
  line = blank == line.npos ? std::string_view() : line.substr(blank + 1);
  return word;
}

// "file NAME MODE BYTES SHA256", behind its first word.
bool parse_file(std::string_view line, BackupFile& out) {
  out.name = take_word(line);
  const std::string_view mode = take_word(line);
  const std::string_view bytes = take_word(line);
  return is_backup_name(out.name) && parse_number(mode, out.mode, 8) && (out.mode & ~kModes) == 0 &&
         parse_number(bytes, out.bytes, 10) && out.bytes <= limits::kBackupFileBytes &&
         parse_digest(line, out.digest);
}

bool is_word(std::string_view text) {
  return !text.empty() && text.size() <= 255 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f; });
}

tl::unexpected<Error> fail_line(std::size_t number, std::string_view what) {
  return fail(Errc::Invalid, fmt::format("{}:{}", kManifestName, number), std::string(what));
}

class Parser {
 public:
  Result<Manifest> parse(std::string_view text) {
    if (text.size() > limits::kBackupManifestBytes)
      return fail(Errc::Limit, std::string(kManifestName), "is longer than any backup's");
    while (!text.empty()) {
      const std::size_t end = text.find('\n');
      if (end == text.npos) return fail_line(line_ + 1, "is cut off");
      BS_TRY_VOID(take(text.substr(0, end)));
      text.remove_prefix(end + 1);
    }
    if (line_ == 0) return fail_line(1, "says nothing");
    if (!has_created_) return fail_line(line_, "does not say when the backup was made");
    return std::move(out_);
  }

 private:
  Result<void> take(std::string_view line) {
    ++line_;
    const std::string_view word = take_word(line);
    if (line_ == 1) {
      if (word != kFirstWord) return fail_line(1, "is not of a backup");
      if (line != kFormat) {
        return fail(Errc::Unsupported, std::string(kManifestName),
                    "is of another version of Backstop; restore it with that one");
      }
      return {};
    }
    if (word == "created") {
      const auto at = parse_instant(line);
      if (!at || has_created_) return fail_line(line_, "holds no time");
      out_.created = *at;
      has_created_ = true;
      return {};
    }
    if (word == "host" || word == "version") {
      if (!is_word(line)) return fail_line(line_, "holds no word");
      (word == "host" ? out_.host : out_.version) = line;
      return {};
    }
    BackupFile file;
    if (word != "file" || !parse_file(line, file)) return fail_line(line_, "names no file");
    if (out_.files.size() >= limits::kBackupFiles) return fail_line(line_, "names too many files");
    if (!names_.insert(file.name).second) return fail_line(line_, "names a file twice");
    out_.files.push_back(std::move(file));
    return {};
  }

  Manifest out_;
  std::set<std::string, std::less<>> names_;
  std::size_t line_ = 0;
  bool has_created_ = false;
};

}  // namespace

const BackupFile* Manifest::find(std::string_view name) const {
  const auto found = std::ranges::find(files, name, &BackupFile::name);
  return found == files.end() ? nullptr : &*found;
}

bool Manifest::has_folder(std::string_view folder) const {
  return std::ranges::any_of(files,
                             [&](const BackupFile& file) { return file.name.starts_with(folder); });
}

std::uint64_t Manifest::bytes() const {
  std::uint64_t sum = 0;
  for (const BackupFile& file : files)
    sum += file.bytes;
  return sum;
}

bool is_backup_name(std::string_view name) {
  if (name == kConfigName) return true;
  if (name.starts_with(kKeysFolder)) {
    name.remove_prefix(kKeysFolder.size());
  } else if (name.starts_with(kStoreFolder)) {
    name.remove_prefix(kStoreFolder.size());
  } else {
    return false;
  }
  return !name.empty() && name.size() <= limits::kBackupNameBytes && name.front() != '.' &&
         std::all_of(name.begin(), name.end(),
                     [](char c) { return ascii::is_alnum(c) || c == '.' || c == '-' || c == '_'; });
}

std::string render_manifest(const Manifest& manifest) {
  std::string out =
      fmt::format("{} {}\ncreated {}\n", kFirstWord, kFormat, render_instant(manifest.created));
  if (!manifest.host.empty()) out += fmt::format("host {}\n", manifest.host);
  if (!manifest.version.empty()) out += fmt::format("version {}\n", manifest.version);
  for (const BackupFile& file : manifest.files) {
    out += fmt::format("file {} {:04o} {} {}\n", file.name, file.mode, file.bytes,
                       render_digest(file.digest));
  }
  return out;
}

Result<Manifest> parse_manifest(std::string_view text) {
  return Parser().parse(text);
}

std::string render_digest(const crypto::Sha256Digest& digest) {
  std::string out;
  for (const std::uint8_t byte : digest)
    out += fmt::format("{:02x}", byte);
  return out;
}

}  // namespace backstop::backup

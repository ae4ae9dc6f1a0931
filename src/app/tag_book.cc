#include "app/tag_book.h"

#include <fmt/format.h>

#include <utility>

#include "core/base/escape.h"
#include "core/base/tag_limits.h"
#include "edge/os/text_file.h"

namespace backstop::app {
namespace {

// Addresses of our users stand in it.
constexpr std::uint32_t kMode = 0640;

std::string path_in(const std::string& directory) {
  return fmt::format("{}/{}", directory, kTagFile);
}

}  // namespace

Result<proof::TagExemptions> read_tag_file(const std::string& directory) {
  const auto text = os::read_text_file(path_in(directory), limits::kTagExemptionBytes);
  if (!text && text.error().code == Errc::NotFound) return proof::TagExemptions{};
  if (!text) return tl::unexpected<Error>(text.error());
  return proof::TagExemptions::parse(*text);
}

Result<void> write_tag_file(const std::string& directory, const proof::TagExemptions& exemptions) {
  return os::write_text_file(path_in(directory), exemptions.render(), kMode);
}

TagBook::TagBook(std::string directory, ports::LogSink& log)
    : directory_(std::move(directory)), log_(log) {
  read_again();
}

TagBook::Mark TagBook::mark() const {
  std::error_code error;
  const std::string path = path_in(directory_);
  const auto written = std::filesystem::last_write_time(path, error);
  if (error) return {};
  const auto bytes = std::filesystem::file_size(path, error);
  return error ? Mark{} : Mark{written, bytes};
}

void TagBook::read_again() {
  known_ = mark();
  auto read = read_tag_file(directory_);
  if (read) {
    exemptions_ = *std::move(read);
    tell("");
  } else {
    tell(read.error().text());
  }
  publish();
}

void TagBook::write() {
  const auto written = write_tag_file(directory_, exemptions_);
  unwritten_ = !written.has_value();
  if (written) known_ = mark();
  tell(written ? std::string() : written.error().text());
}

void TagBook::publish() {
  auto domains = std::make_shared<transaction::TagExemptDomains>();
  for (const proof::TagExemption& one : exemptions_.exemptions())
    domains->insert(one.domain);
  domains_.store(std::move(domains));
}

void TagBook::tell(const std::string& trouble) {
  if (std::exchange(trouble_, trouble) == trouble || trouble.empty()) return;
  log_.write(ports::LogLevel::Warning, fmt::format("tags: {}", escape_terminal(trouble)));
}

void TagBook::learn(const proof::TagRefusal& refusal) {
  if (!unwritten_ && mark() != known_) read_again();
  const bool was_exempt = domains()->contains(refusal.domain);
  const bool exempt = exemptions_.add(refusal);
  unwritten_ = true;  // A log may name thousands at once: beat() writes them together.
  if (!exempt) return;
  publish();
  if (was_exempt) return;
  log_.write(
      ports::LogLevel::Warning,
      fmt::format("tags: {} refuses tagged senders; mail for it goes untagged until {} "
                  "(backstop tags remove {})",
                  escape_log(refusal.domain), render_instant(refusal.at + proof::kTagExemptFor),
                  escape_log(refusal.domain)));
}

void TagBook::beat(Instant now) {
  if (!unwritten_ && mark() != known_) read_again();
  if (exemptions_.expire(now)) {
    unwritten_ = true;
    publish();
  }
  if (unwritten_) write();
}

}  // namespace backstop::app

#include "app/sealed_file.h"

#include <fmt/format.h>

#include <system_error>

#include "core/crypto/sha256.h"
#include "edge/os/text_file.h"

namespace backstop::app {
namespace {

// Addresses of our users stand in some.
constexpr std::uint32_t kMode = 0640;
constexpr std::string_view kEnd = "end ";

std::string path_in(const std::string& directory, std::string_view name) {
  return fmt::format("{}/{}", directory, name);
}

std::string head_of(std::string_view name) {
  return fmt::format("backstop {} 1\n", name);
}

// The first bytes are enough to notice what was cut or changed.
std::string sum_of(std::string_view text) {
  const auto digest = crypto::sha256(text);
  std::string out;
  for (std::size_t i = 0; i < 8; ++i)
    out += fmt::format("{:02x}", digest[i]);
  return out;
}

}  // namespace

Result<std::string> read_sealed(const std::string& directory, std::string_view name,
                                std::size_t bytes_max) {
  const std::string path = path_in(directory, name);
  const auto broken = [&](std::string_view why) {
    return fail(Errc::Invalid, path, fmt::format("{}; put back a copy, or move it away", why));
  };
  BS_TRY(std::string text, os::read_text_file(path, bytes_max));
  const std::string head = head_of(name);
  const std::size_t tail = kEnd.size() + sum_of("").size() + 1;
  if (!text.starts_with(head)) return broken("is of another version, or no such file");
  if (text.size() < head.size() + tail) return broken("is cut");
  const std::string_view sealed = std::string_view(text).substr(0, text.size() - tail);
  if (text.substr(sealed.size()) != fmt::format("{}{}\n", kEnd, sum_of(sealed)))
    return broken("is cut, or was changed by hand");
  return std::string(sealed.substr(head.size()));
}

std::size_t seal_bytes(std::string_view name) {
  return head_of(name).size() + kEnd.size() + sum_of("").size() + 1;
}

Result<void> write_sealed(const std::string& directory, std::string_view name,
                          std::string_view body) {
  const std::string text = head_of(name) + std::string(body);
  return os::write_text_file(path_in(directory, name),
                             fmt::format("{}{}{}\n", text, kEnd, sum_of(text)), kMode);
}

FileMark mark_of(const std::string& directory, std::string_view name) {
  const std::filesystem::path path = path_in(directory, name);
  std::error_code error;
  FileMark out;
  out.bytes = std::filesystem::file_size(path, error);
  if (error) return {};
  out.written = std::filesystem::last_write_time(path, error);
  return error ? FileMark{} : out;
}

}  // namespace backstop::app

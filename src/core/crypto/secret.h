// Bytes that must not leak: never copied by accident, never printed, wiped when dropped.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace backstop::crypto {

// Overwrites with zeros, for buffers that held a secret on its way.
void wipe(std::span<std::uint8_t> bytes);

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::span<const std::uint8_t> bytes);
  ~Secret();
  Secret(Secret&& other) noexcept;
  Secret& operator=(Secret&& other) noexcept;
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;

  // For key set-up and for writing a key file only.  Valid while the Secret lives.
  std::span<const std::uint8_t> bytes() const { return bytes_; }
  bool empty() const { return bytes_.empty(); }
  // An explicit copy, for the few places that need one.
  Secret clone() const { return Secret(bytes_); }

 private:
  std::vector<std::uint8_t> bytes_;
};

}  // namespace backstop::crypto

#include "core/crypto/sha256.h"

#include <openssl/sha.h>

namespace backstop::crypto {

Sha256Digest sha256(std::string_view text) {
  Sha256Digest digest{};
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
  return digest;
}

}  // namespace backstop::crypto

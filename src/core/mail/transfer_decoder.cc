#include "core/mail/transfer_decoder.h"

#include <array>
#include <cstddef>
#include <cstring>

#include "core/base/ascii.h"
#include "core/base/find_byte.h"

namespace backstop::mail {
namespace {

constexpr std::uint8_t kNotBase64 = 0xff;
constexpr std::uint8_t kPadding = 0xfe;
constexpr std::uint8_t kWhite = 0xfd;

constexpr std::array<std::uint8_t, 256> make_base64_ranks() {
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::array<std::uint8_t, 256> ranks{};
  ranks.fill(kNotBase64);
  for (std::size_t i = 0; i < kAlphabet.size(); ++i) {
    ranks[static_cast<unsigned char>(kAlphabet[i])] = static_cast<std::uint8_t>(i);
  }
  ranks['='] = kPadding;
  for (const char c : {' ', '\t', '\r', '\n', '\v', '\f'}) {
    ranks[static_cast<unsigned char>(c)] = kWhite;
  }
  return ranks;
}

constexpr auto kRanks = make_base64_ranks();

std::uint8_t rank_of(char c) {
  return kRanks[static_cast<unsigned char>(c)];
}

// On the stack: nested decoders of a message at most limits::kMimeDepth deep each have one.
using DecodedBytes = std::array<char, 3 * 512>;

// Longest white space between '=' and the line end it escapes.
constexpr std::size_t kSoftBreakBytes = 64;

class StringSink final : public ContentSink {
 public:
  void on_bytes(std::string_view bytes) override { text_.append(bytes); }
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

// Decodes whole groups of four without white space; returns how many characters were taken.
std::size_t decode_groups(std::string_view in, DecodedBytes& out, std::size_t& used) {
  std::size_t at = 0;
  while (at + 4 <= in.size() && used + 3 <= out.size()) {
    const std::uint32_t a = rank_of(in[at]);
    const std::uint32_t b = rank_of(in[at + 1]);
    const std::uint32_t c = rank_of(in[at + 2]);
    const std::uint32_t d = rank_of(in[at + 3]);
    if (((a | b | c | d) & 0xc0) != 0) break;
    const std::uint32_t bits = a << 18 | b << 12 | c << 6 | d;
    out[used++] = static_cast<char>(bits >> 16);
    out[used++] = static_cast<char>(bits >> 8 & 0xff);
    out[used++] = static_cast<char>(bits & 0xff);
    at += 4;
  }
  return at;
}

}  // namespace

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

void Base64Decoder::feed(std::string_view in, ContentSink& sink) {
  DecodedBytes out;
  std::size_t used = 0;
  while (!in.empty() && !ended_) {
    if (used + 3 > out.size()) {
      sink.on_bytes({out.data(), used});
      used = 0;
    }
    if (sextets_ == 0) {
      const std::size_t taken = decode_groups(in, out, used);
      in.remove_prefix(taken);
      if (taken != 0) continue;
    }
    const std::uint8_t rank = rank_of(in.front());
    in.remove_prefix(1);
    if (rank < 64) {
      bits_ = bits_ << 6 | rank;
      if (++sextets_ < 4) continue;
      out[used++] = static_cast<char>(bits_ >> 16 & 0xff);
      out[used++] = static_cast<char>(bits_ >> 8 & 0xff);
      out[used++] = static_cast<char>(bits_ & 0xff);
      sextets_ = 0;
    } else if (rank == kPadding && sextets_ >= 2) {
      out[used++] = static_cast<char>(bits_ >> (6 * sextets_ - 8) & 0xff);
      if (sextets_ == 3) out[used++] = static_cast<char>(bits_ >> 2 & 0xff);
      sextets_ = 0;
      ended_ = true;
    } else if (rank != kWhite) {
      broken_ = true;
    }
  }
  // RFC 2045 §6.8: padding is the end of the data.  What follows is mostly a footer that a mailing
  // list put there.
  for (const char c : in)
    broken_ = broken_ || rank_of(c) < kWhite || rank_of(c) == kNotBase64;
  if (used != 0) sink.on_bytes({out.data(), used});
}

void Base64Decoder::finish(ContentSink& sink) {
  if (sextets_ == 0) return;
  broken_ = true;  // RFC 2045 §6.8: the last group is padded.
  std::array<char, 2> out{};
  std::size_t used = 0;
  if (sextets_ >= 2) out[used++] = static_cast<char>(bits_ >> (6 * sextets_ - 8) & 0xff);
  if (sextets_ == 3) out[used++] = static_cast<char>(bits_ >> 2 & 0xff);
  sextets_ = 0;
  if (used != 0) sink.on_bytes({out.data(), used});
}

// Gathers short pieces; long ones are passed on as views.
class QuotedPrintableDecoder::Output {
 public:
  explicit Output(ContentSink& sink) : sink_(sink) {}
  void put(std::string_view bytes) {
    if (bytes.size() > buffer_.size() - used_) flush();
    if (bytes.size() > buffer_.size() / 4) {
      flush();
      sink_.on_bytes(bytes);
    } else if (!bytes.empty()) {
      std::memcpy(buffer_.data() + used_, bytes.data(), bytes.size());
      used_ += bytes.size();
    }
  }
  void flush() {
    if (used_ != 0) sink_.on_bytes({buffer_.data(), used_});
    used_ = 0;
  }

 private:
  ContentSink& sink_;
  DecodedBytes buffer_;
  std::size_t used_ = 0;
};

// One character after '='.  False when it is not part of the escape and has yet to be read.
bool QuotedPrintableDecoder::step(char c, Output& out) {
  const bool white = ascii::is_blank(c) || c == '\r';
  if (held_.size() == 2 && hex_digit(held_[1]) >= 0) {
    if (hex_digit(c) >= 0) {
      const char byte = static_cast<char>(hex_digit(held_[1]) << 4 | hex_digit(c));
      out.put({&byte, 1});
      held_.clear();
      return true;
    }
  } else if (c == '\n') {
    held_.clear();  // A soft line break.
    return true;
  } else if ((held_.size() == 1 && hex_digit(c) >= 0) ||
             (white && held_.size() < kSoftBreakBytes)) {
    held_.push_back(c);
    return true;
  }
  // RFC 2045 §6.7: the reasonable thing is to leave it as it stands.
  broken_ = true;
  out.put(held_);
  held_.clear();
  return false;
}

void QuotedPrintableDecoder::feed(std::string_view in, ContentSink& sink) {
  Output out(sink);
  while (!in.empty()) {
    if (!held_.empty()) {
      if (step(in.front(), out)) in.remove_prefix(1);
      continue;
    }
    const std::size_t escape = find_byte(in, '=');
    if (escape == in.npos) {
      out.put(in);
      break;
    }
    out.put(in.substr(0, escape));
    in.remove_prefix(escape + 1);
    if (in.size() >= 2 && hex_digit(in[0]) >= 0 && hex_digit(in[1]) >= 0) {
      const char byte = static_cast<char>(hex_digit(in[0]) << 4 | hex_digit(in[1]));
      out.put({&byte, 1});
      in.remove_prefix(2);
    } else {
      held_ = "=";
    }
  }
  out.flush();
}

void QuotedPrintableDecoder::finish(ContentSink& sink) {
  // The line end of a soft break before a delimiter belongs to the delimiter, so '=' alone is one.
  if (held_.size() == 2 && hex_digit(held_[1]) >= 0) {
    broken_ = true;
    sink.on_bytes(held_);
  }
  held_.clear();
}

TransferDecoder::TransferDecoder(Encoding encoding) {
  if (encoding == Encoding::QuotedPrintable) decoder_.emplace<QuotedPrintableDecoder>();
}

void TransferDecoder::feed(std::string_view in, ContentSink& sink) {
  std::visit([&](auto& decoder) { decoder.feed(in, sink); }, decoder_);
}

void TransferDecoder::finish(ContentSink& sink) {
  std::visit([&](auto& decoder) { decoder.finish(sink); }, decoder_);
}

bool TransferDecoder::broken() const {
  return std::visit([](const auto& decoder) { return decoder.broken(); }, decoder_);
}

std::string decode_base64_text(std::string_view text) {
  StringSink sink;
  Base64Decoder decoder;
  decoder.feed(text, sink);
  decoder.finish(sink);
  return sink.take();
}

std::string decode_q_text(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '=' && i + 2 < text.size() && hex_digit(text[i + 1]) >= 0 &&
        hex_digit(text[i + 2]) >= 0) {
      out.push_back(static_cast<char>(hex_digit(text[i + 1]) << 4 | hex_digit(text[i + 2])));
      i += 2;
    } else {
      out.push_back(text[i] == '_' ? ' ' : text[i]);
    }
  }
  return out;
}

}  // namespace backstop::mail

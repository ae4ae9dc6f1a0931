// Recognises the words of the products that write bounces as plain text, and takes recipients and
// diagnostics from them (docs/formats/bounces.md names products, versions and sources).
//
// Fed line by line; not thread-safe.  What it says is one sign among several: kind.h decides.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/reading/reading.h"

namespace backstop::reading {

enum class Product : std::uint8_t { None, Postfix, Exim, OpenSmtpd, Qmail, Sendmail };
std::string_view name_of(Product product);

class PlainBounce {
 public:
  // One line without its line end, of the words before the returned message.
  void on_line(std::string_view line);
  // The text ended, or the returned message begins.
  void on_text_end();

  Product product() const { return product_; }
  bool delayed() const { return delayed_; }
  // The product says that delivery failed or is late, not merely that it wrote the message.
  bool states_outcome() const { return states_outcome_; }
  const std::string& reporting_mta() const { return reporting_mta_; }
  const std::vector<RecipientReport>& recipients() const { return recipients_; }
  std::vector<RecipientReport> take_recipients() { return std::move(recipients_); }

 private:
  bool take_phrase(std::string_view line);
  void take_host(std::string_view line);
  void take_recipient(std::string_view line);
  void begin_recipient(std::string_view address, std::string_view diagnostic);
  void add_diagnostic(std::string_view text);
  void end_recipient();

  Product product_ = Product::None;
  bool delayed_ = false;
  bool states_outcome_ = false;
  bool open_ = false;
  std::string reporting_mta_;
  std::vector<RecipientReport> recipients_;
};

}  // namespace backstop::reading

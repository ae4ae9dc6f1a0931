#include "month/site.h"

#include <fmt/format.h>

namespace backstop::month {
namespace {

Bypass make_phone(std::string sender) {
  return {.name = "phone",
          .host = "smtp.provider.test",
          .client = "203.0.113.25",
          .id_domain = "phone.provider.test",
          .senders = {std::move(sender)},
          .mails_a_week = 21};
}

Bypass make_newsletter() {
  return {.name = "newsletter",
          .host = "out.esp.test",
          .client = "203.0.113.130",
          .id_domain = "esp.test",
          .senders = {"news"},
          .mails_a_week = 120,
          .returns_to_from = true};
}

Bypass make_shop() {
  return {.name = "shop",
          .host = "web.shop-host.test",
          .client = "203.0.113.200",
          .id_domain = "web.shop-host.test",
          .senders = {"orders"},
          .mails_a_week = 40};
}

constexpr std::string_view kOurs = "v=spf1 ip4:192.0.2.10";

}  // namespace

Site make_small_site() {
  return {.domain = "small.test",
          .people = {"anna", "ben"},
          .mails_a_week = 140,
          .bypasses = {make_phone("anna"), make_newsletter()},
          .forwards_a_week = 10,
          .spf = fmt::format("{} include:provider.test include:esp.test ~all", kOurs),
          .operator_looks = true,
          .forged_a_day = 40};
}

std::vector<Site> make_provider(sim::Random& random, std::size_t count) {
  std::vector<Site> sites;
  for (std::size_t i = 0; i < count; ++i) {
    Site site{.domain = fmt::format("d{}.test", i),
              .people = {"anna", "ben", "chris"},
              .mails_a_week = 20.0 + static_cast<double>(random.below(60)),
              .bypasses = {},
              .forwards_a_week = random.chance(20) ? 3.0 : 0.0,
              .spf = std::string(kOurs),
              .operator_looks = !random.chance(15),
              .forged_a_day = static_cast<double>(random.below(6))};
    const bool phone = random.chance(15);
    const bool newsletter = random.chance(15);
    const bool shop = random.chance(10);
    if (phone) site.bypasses.push_back(make_phone("ben"));
    if (newsletter) site.bypasses.push_back(make_newsletter());
    if (shop) site.bypasses.push_back(make_shop());
    // An owner who lists what sends for him, one who left it open, one who has none.
    const std::size_t draw = random.below(10);
    if (draw < 7) {
      if (phone) site.spf += " include:provider.test";
      if (newsletter) site.spf += " include:esp.test";
      if (shop) site.spf += " ip4:203.0.113.200";
      site.spf += random.chance(50) ? " -all" : " ~all";
    } else if (draw < 9) {
      site.spf += " ?all";
    } else {
      site.spf.clear();
    }
    sites.push_back(std::move(site));
  }
  return sites;
}

}  // namespace backstop::month

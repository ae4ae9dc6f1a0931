// Text of a master.cf (master(5)): its services, and their -o overrides changed where they must be
// and nowhere else.
//
// Pure and total; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace backstop::mta {

struct Override {
  std::string name;
  std::string value;  // As written, `$name` not replaced.
};

struct Service {
  std::string name;     // "smtp", "127.0.0.1:10025"
  std::string type;     // "inet", "unix", "pass"
  std::string chroot;   // "y", "n" or "-"
  std::string command;  // "smtpd"
  std::vector<Override> overrides;

  // The last one counts, as in Postfix.
  std::optional<std::string> find(std::string_view parameter) const;
  std::string title() const { return name + "/" + type; }
};

// In the order of the file; lines that are no service are passed over, so that an index is good
// for the functions below.
std::vector<Service> parse_services(std::string_view master_cf);

// The text with `-o name=value` on that service: in place of the value there is, else on a line of
// its own behind the service's last.  REQUIRES: `index` is of parse_services(master_cf).
std::string with_override(std::string_view master_cf, std::size_t index, std::string_view name,
                          std::string_view value);
// The text without any such override of that service.
std::string without_override(std::string_view master_cf, std::size_t index, std::string_view name);

}  // namespace backstop::mta

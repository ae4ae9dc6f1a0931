#include <fmt/core.h>

#include "core/config/config.h"

namespace backstop::config {

const std::vector<Option>& options() {
  static const std::vector<Option> kOptions = {
      {"authserv_id", "name", "the host's name",
       "The name this host writes into Authentication-Results. Inbound fields of that name from "
       "outside\n"
       "are removed, so that nobody can forge a result of ours."},
      {"networks.own", "list of networks", "[\"127.0.0.0/8\", \"::1/128\"]",
       "Clients whose mail is ours: what they send from a guarded domain is signed, never judged.\n"
       "The same networks as your server's mynetworks. Keep the loopback networks among them, or\n"
       "what programs on this host hand in is judged as if it came from outside. Logged-in users\n"
       "and submission ports are known without it."},
      {"domains.*.mode", "off, observe or enforce", "\"observe\"",
       "observe judges everything and refuses nothing; enforce refuses what is proved forged; off "
       "leaves\n"
       "the domain's mail alone, but still signs it."},
      {"domains.*.signing_since", "time", "none",
       "From when on every outgoing message of the domain was signed. Your word for it; without "
       "it\n"
       "nothing is called forged."},
      {"domains.*.coverage", "unknown, partly or covered", "\"unknown\"",
       "Whether every path that sends for the domain signs: newsletters, web forms, phones, other\n"
       "servers. Only what is covered can be called forged."},
      {"proofs.lifetime", "duration from 1d to 90d", "\"21d\"",
       "How long a token proves something. Five days in our queue, five in theirs, five in a "
       "backup\n"
       "server, and some."},
      {"keys.directory", "path", "\"/etc/backstop/keys\"",
       "Where the key ring lives: a directory of mode 0700 with files of mode 0600."},
      {"milter.listen", "list of endpoints", "[]",
       "Where the mail server reaches us: unix:/path, inet:127.0.0.1:8891, inet:[::1]:8891 or "
       "systemd.\n"
       "A unix socket is faster and safer. For Postfix: "
       "unix:/var/spool/postfix/backstop/milter.sock"},
      {"milter.socket_mode", "octal mode", "\"0660\"", "The permissions of unix sockets."},
      {"milter.threads", "number from 1 to 64", "2", "Threads that serve the mail server."},
      {"log.to", "stderr or syslog", "\"stderr\"",
       "Where the log goes: one line per message that was signed or judged, queue id first."},
      {"log.level", "debug, info, warning or error", "\"info\"", "What is not worth a line."},
  };
  return kOptions;
}

namespace {

std::string_view section_of(std::string_view key) {
  const auto dot = key.rfind('.');
  return dot == std::string_view::npos ? std::string_view() : key.substr(0, dot);
}

void append_comment(std::string& out, std::string_view text) {
  while (!text.empty()) {
    const auto end = text.find('\n');
    out += fmt::format("# {}\n", text.substr(0, end));
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  }
}

}  // namespace

std::string render_sample() {
  std::string out =
      "# Backstop's configuration, every option at its default.\n"
      "# Check a change with: backstopd --test-config; make it work with: systemctl reload "
      "backstop\n";
  std::string_view section;
  for (const Option& option : options()) {
    if (section_of(option.key) != section) {
      section = section_of(option.key);
      out += section == "domains.*"
                 ? "\n# One such table for each domain you guard.\n#[domains.\"example.com\"]\n"
                 : fmt::format("\n[{}]\n", section);
    }
    const std::string_view name =
        section.empty() ? option.key : option.key.substr(section.size() + 1);
    out += "\n";
    append_comment(out, option.text);
    out += fmt::format("# ({})\n#{} = {}\n", option.form, name,
                       option.standard == "none"              ? "2026-11-21T00:00:00Z"
                       : option.standard == "the host's name" ? "\"mx.example.com\""
                                                              : option.standard);
  }
  return out;
}

}  // namespace backstop::config

#include <fmt/core.h>

#include "core/config/config.h"

namespace backstop::config {

const std::vector<Option>& options() {
  static const std::vector<Option> kOptions = {
      {"authserv_id", "name", "the host's name",
       "The name this host writes into Authentication-Results. Inbound fields of that name from "
       "outside\n"
       "are removed, so that nobody can forge a result of ours.",
       "\"mx.example.com\""},
      {"networks.own", "list of networks", "[\"127.0.0.0/8\", \"::1/128\"]",
       "Clients whose mail is ours: what they send from a guarded domain is signed, never judged.\n"
       "The same networks as your server's mynetworks. Keep the loopback networks among them, or\n"
       "what programs on this host hand in is judged as if it came from outside. Logged-in users\n"
       "and submission ports are known without it."},
      {"domains.*.mode", "off, observe or enforce", "\"observe\"",
       "observe judges everything and refuses nothing; enforce refuses what is proved forged; off "
       "leaves\n"
       "the domain's mail alone, but still signs it."},
      {"domains.*.forced_until", "time", "none",
       "Until then the domain is enforced although a condition of enforce does not hold, as\n"
       "`backstop mode DOMAIN enforce --force` writes it; after it, what does not hold makes the "
       "domain\n"
       "observe by itself. Genuine bounces may be lost meanwhile.",
       "2026-11-28T00:00:00Z"},
      {"domains.*.signing_since", "time", "none",
       "From when on every outgoing message of the domain was signed. Your word for it, above "
       "what is\n"
       "learnt; without either nothing is called forged.",
       "2026-11-21T00:00:00Z"},
      {"domains.*.coverage", "unknown, partly or covered", "\"unknown\"",
       "Whether every path that sends for the domain signs: newsletters, web forms, phones, other\n"
       "servers. Only what is covered can be called forged. Where it is not set, it is learnt:\n"
       "`backstop coverage` shows the paths. Your word here stands above that, for every address."},
      {"domains.*.sends_mail", "true or false", "true",
       "false for a domain that never sends: in enforce, answers to it are refused at RCPT, since\n"
       "nothing of its can be answered."},
      {"domains.*.tag", "none, prvs or subaddress", "\"none\"",
       "Whether envelope senders of the domain get a tag (BATV), by which a bounce that returns "
       "nothing\n"
       "proves what it answers: prvs=TAG=user@ or user+prvs=TAG@. First let the server know them:\n"
       "`backstop setup --tag prvs` (or subaddress) writes or prints what it needs; `backstop "
       "check` says\n"
       "whether it has it. Without that genuine bounces are lost."},
      {"domains.*.envid", "true or false", "false",
       "Whether mail of the domain goes out with the token as its ENVID too (RFC 3461 §4.4), which "
       "servers\n"
       "that know delivery reports give back though they return no header. An ENVID of the "
       "client's "
       "own\n"
       "stays. Needs a milter that may change the sender: Postfix and Sendmail let it."},
      {"addresses.roles", "list of addresses", "[]",
       "Addresses treated as postmaster@ and abuse@ are: nothing is refused there. List those "
       "that\n"
       "DMARC and TLS reports are sent to (rua=, ruf=), and list owners with unusual names."},
      {"addresses.never_sends", "list of addresses", "[]",
       "Addresses that exist but never send: in an attack, answers to them are refused at RCPT."},
      {"addresses.tag_exempt_senders", "list of addresses", "[]",
       "Senders that never get a tag: owners of lists, and who posts to such that know them by "
       "their\n"
       "envelope sender."},
      {"addresses.*.mode", "off, observe or enforce", "\"observe\"",
       "The mode of one address, instead of its domain's."},
      {"tags.delimiter", "one character", "\"+\"",
       "What sets a sub-address off, as the mail server has it (Postfix: recipient_delimiter)."},
      {"tags.exempt_domains", "list of domains", "[]",
       "No tag goes to a message with a recipient of these. Domains that refuse tagged senders are "
       "learnt\n"
       "from logs.mail as well: `backstop tags` lists them."},
      {"relays.inbound", "list of networks", "[]",
       "Servers of ours that hand mail on to this one: gateways, backup servers, fetchmail. What "
       "they\n"
       "bring is judged but never refused, since they would turn a refusal into a bounce."},
      {"relays.reinject", "list of networks", "[]",
       "Filters that hand back what has passed here already (amavis): their mail is left "
       "untouched."},
      {"relays.forged", "quarantine or discard", "\"quarantine\"",
       "What becomes of a forged bounce that a relay of ours brings."},
      {"relays.names", "list of host names", "[]",
       "The names of our hosts as our own Received lines write them (myhostname), besides this "
       "host's."},
      {"relays.strips_received", "true or false", "false",
       "true where our mail leaves without our Received lines; then the Date of an original says\n"
       "whether it was sent while signing was interrupted."},
      {"peers.*.treat", "untagged_valid or never_judge", "none",
       "A peer by network, host name, or an address or domain of the From field: untagged_valid "
       "takes\n"
       "its answers as ours without a proof, never_judge lets it alone.",
       "\"untagged_valid\""},
      {"allow.*", "list of addresses or domains", "none",
       "Senders whose mail to this recipient is never judged.", "[\"robot@example.net\"]"},
      {"actions.*.late", "accept, mark or quarantine", "none",
       "What to do instead of what the verdict table says, for a kind (\"bounce\") or an address. "
       "Every\n"
       "decision can be made milder; only what is replayed or unproven also harder.",
       "\"mark\""},
      {"actions.*.replayed", "accept, mark, quarantine or refuse", "none", "As late.", "\"mark\""},
      {"actions.*.unproven", "accept, mark, quarantine or refuse", "none",
       "As late. Refusing what is unproven will lose genuine mail.", "\"mark\""},
      {"actions.*.forged", "accept, mark, quarantine or refuse", "none", "As late.", "\"mark\""},
      {"proofs.lifetime", "duration from 1d to 90d", "\"21d\"",
       "How long a token proves something. Five days in our queue, five in theirs, five in a "
       "backup\n"
       "server, and some."},
      {"keys.directory", "path", "\"/etc/backstop/keys\"",
       "Where the key ring lives: a directory of mode 0700 with files of mode 0600."},
      {"dkim.directory", "path", "none",
       "Keys of your DKIM signer, retired ones included, so that a signature of ours in what "
       "comes\n"
       "back proves it. Files named SELECTOR._domainkey.DOMAIN, DOMAIN.SELECTOR or "
       "DOMAIN/SELECTOR,\n"
       "with .pem, .key, .private or .txt: a public or private key, or its DNS record.",
       "\"/etc/backstop/dkim\""},
      {"dkim.opendkim", "path", "none",
       "OpenDKIM's configuration: the keys of its KeyTable, SigningTable, Domain and KeyFile are "
       "used.",
       "\"/etc/opendkim.conf\""},
      {"dkim.dns", "true or false", "true",
       "Ask DNS for the key of a selector of ours that no file holds; a few an hour at most."},
      {"coverage.dns", "true or false", "true",
       "Ask DNS once a day for the SPF records of the guarded domains, which say who else may "
       "send\n"
       "for them. Without it a list of paths is whole only when you say so."},
      {"store.directory", "path", "\"/var/lib/backstop\"",
       "Where is kept what was sent (keyed hashes only), what was judged, and when signing was\n"
       "interrupted. Empty: nothing is kept, and only what comes back proves anything."},
      {"store.partial", "true or false", "false",
       "true where other servers send with the same keys and keep what they sent to themselves: "
       "on\n"
       "a backup server, or on each of several. What is not found here may have been sent there,\n"
       "and is never called forged."},
      {"history.days", "number from 1 to 400", "30", "How long a judged message is remembered."},
      {"history.rows", "number from 1000 to 100000000", "1000000",
       "How many at most; the oldest hour goes first."},
      {"quarantine.days", "number from 1 to 400", "30",
       "How long a message that Backstop had the mail server hold stays there: afterwards\n"
       "`backstop quarantine expire`, which a timer of the package runs, drops it, and nobody is "
       "told."},
      {"quarantine.postmaster", "address", "none",
       "Who is told once a day what is held; without it, postmaster@ the first guarded domain.",
       "\"postmaster@example.com\""},
      {"quarantine.notify", "true or false", "true",
       "false: nobody is told; `backstop quarantine list` says it."},
      {"sample.per_minute", "number from 0 to 600", "6",
       "How many refused messages a minute are kept in STORE/samples, whole, so that somebody can "
       "look at\n"
       "the run without taking its mail. They are refused all the same, and never delivered. 0: "
       "none."},
      {"sample.megabytes", "number from 1 to 10000", "64",
       "How much room samples may take; the oldest go first. Nothing is kept while the disk has "
       "less than\n"
       "1 GiB free."},
      {"limits.unproven_per_hour", "number from 0 to 100000", "0",
       "How much automatic mail that nothing proves one address gets in an hour; what is beyond is "
       "held in\n"
       "enforce, not refused: genuine answers without a proof may be among it. 0: as much as "
       "comes."},
      {"logs.mail", "list of paths", "[]",
       "The mail server's log. Read to find mail of ours that left without passing here, and to "
       "answer\n"
       "`backstop why` for mail of ours."},
      {"milter.listen", "list of endpoints", "[]",
       "Where the mail server reaches us: unix:/path, inet:127.0.0.1:8891, inet:[::1]:8891 or "
       "systemd.\n"
       "A unix socket is faster and safer. None: /run/backstop/milter.sock, and for Postfix\n"
       "/var/spool/postfix/backstop/milter.sock, each where its directory is."},
      {"milter.socket_mode", "octal mode", "\"0660\"", "The permissions of unix sockets."},
      {"milter.threads", "number from 1 to 64", "2", "Threads that serve the mail server."},
      {"doors.socketmap", "list of endpoints", "[]",
       "Where a mail server asks about addresses with a tag: Postfix's socketmap: tables and "
       "Sendmail's socket maps, with the maps unsign and sign. None: map.sock beside each socket\n"
       "of the milter that is called milter.sock."},
      {"doors.policy", "list of endpoints", "[]",
       "Where Postfix asks whether to take a recipient (check_policy_service). Only a tag in our "
       "name that\n"
       "is not ours is refused."},
      {"doors.line", "list of endpoints", "[]",
       "Where Exim asks about addresses and has outgoing mail signed (${readsocket})."},
      {"doors.rspamd", "list of endpoints", "[]",
       "Where Exim has messages judged (spamd_address with variant=rspamd; a host and port, or the "
       "path of\n"
       "a socket)."},
      {"doors.socket_mode", "octal mode", "\"0660\"", "The permissions of their unix sockets."},
      {"doors.threads", "number from 1 to 64", "1", "Threads that serve them."},
      {"metrics.listen", "list of endpoints", "[]",
       "Where Prometheus fetches what is counted, as GET /metrics over HTTP: a unix socket, a "
       "loopback\n"
       "address or systemd. docs/reference/metrics.md and backstopd(8) list it.",
       "[\"inet:127.0.0.1:9780\"]"},
      {"metrics.socket_mode", "octal mode", "\"0660\"", "The permissions of its unix sockets."},
      {"metrics.file", "path", "none",
       "The same as a file for the textfile collector of node_exporter, written each 15 seconds. "
       "It "
       "ends in\n"
       ".prom; in the collector's directory a symbolic link may lead to it.",
       "\"/run/backstop/backstop.prom\""},
      {"canary.listener", "endpoint or none", "\"inet:127.0.0.1:10125\"",
       "Where the canary enters the mail server as a stranger would: a loopback address and port, "
       "where\n"
       "`backstop setup` makes the server listen. It begins once that has answered. none: there is "
       "no\n"
       "canary."},
      {"canary.interval", "duration from 1m to 1d", "\"1h\"",
       "How often a genuine and a forged bounce of our own are sent in, to see that both get the "
       "right\n"
       "answer. What is wrong is tried again before it is an alarm."},
      {"canary.recipient", "address", "backstop-canary at the domain that is judged most strictly",
       "A mailbox of a guarded domain, which gets none of them as long as Backstop is asked. By "
       "default\n"
       "it is nobody's: `backstop setup` makes it known to the canary's listener alone. At role "
       "addresses,\n"
       "as postmaster, nothing is refused, so that no refusal could be tried there.",
       "\"anna@example.com\""},
      {"canary.client", "address", "\"192.0.2.77\"",
       "The address that it claims to come from where the mail server lets it (XCLIENT). Exempt it "
       "from\n"
       "greylists and blocklists, not from Backstop."},
      {"alarms.command", "list of words", "[]",
       "A program that is told of alarms: its path and arguments, run without a shell, one at a "
       "time, with "
       "the\n"
       "alarm as JSON on standard input and as BACKSTOP_ALARM, BACKSTOP_EVENT and "
       "BACKSTOP_SENTENCE in "
       "its\n"
       "environment. backstopd(8) lists alarms.",
       "[\"/usr/local/sbin/page-me\", \"--urgent\"]"},
      {"alarms.webhook", "URL", "none",
       "Where alarms are posted as JSON. https, or http to this host. What cannot be delivered is "
       "tried "
       "again for\n"
       "days, also after a restart.",
       "\"https://example.com/hooks/backstop\""},
      {"alarms.webhook_secret", "path", "none",
       "A file of mode 0600 whose text signs what is posted: HMAC-SHA256 in the field "
       "Backstop-Signature. "
       "Make\n"
       "one with: openssl rand -hex 32",
       "\"/etc/backstop/alarms.secret\""},
      {"alarms.webhook_ca", "path", "none",
       "The certificates to trust there, in PEM, instead of the system's.",
       "\"/etc/backstop/ca.pem\""},
      {"feed.header", "true or false", "false",
       "Whether judged mail gets an Authentication-Results field (RFC 8601) with x-backstop=pass, "
       "fail or "
       "none,\n"
       "for programs that read these rather than Backstop-Verdict."},
      {"feed.file", "path", "none",
       "A file to which a line of JSON is added for each answer that is verified: what bounced, "
       "and whether "
       "its\n"
       "recipient is sure. It may be rotated.",
       "\"/var/lib/backstop/feed.jsonl\""},
      {"feed.socket", "path", "none",
       "A unix socket at which programs get the same lines from their connection on.",
       "\"/run/backstop/feed.sock\""},
      {"feed.socket_mode", "octal mode", "\"0660\"", "Its permissions."},
      {"feed.webhook", "URL", "none",
       "Where the same lines are posted, one by one, as alarms.webhook.",
       "\"https://example.com/hooks/bounces\""},
      {"feed.webhook_secret", "path", "none", "As alarms.webhook_secret.",
       "\"/etc/backstop/feed.secret\""},
      {"feed.webhook_ca", "path", "none", "As alarms.webhook_ca.", "\"/etc/backstop/ca.pem\""},
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

namespace {

// The name that stands for '*' in the sample.
std::string_view example_name(std::string_view section) {
  if (section == "domains.*") return "example.com";
  if (section == "peers.*") return "192.0.2.0/24";
  if (section == "actions.*") return "bounce";
  return "alice@example.com";
}

std::string render_section(std::string_view section) {
  if (!section.ends_with(".*")) return fmt::format("\n[{}]\n", section);
  const std::string_view above = section.substr(0, section.size() - 2);
  return fmt::format("\n# One such table for each.\n#[{}.\"{}\"]\n", above, example_name(section));
}

}  // namespace

std::string render_sample() {
  std::string out =
      "# Backstop's configuration, every option at its default.\n"
      "# Check a change with: backstopd --test-config; make it work with: systemctl reload "
      "backstopd\n";
  std::string_view section;
  for (const Option& option : options()) {
    if (section_of(option.key) != section) {
      section = section_of(option.key);
      out += render_section(section);
    }
    const std::string_view name =
        section.empty() ? option.key : option.key.substr(section.size() + 1);
    out += "\n";
    append_comment(out, option.text);
    out +=
        fmt::format("# ({})\n#{} = {}\n", option.form, name == "*" ? "\"alice@example.com\"" : name,
                    option.example.empty() ? option.standard : option.example);
  }
  return out;
}

}  // namespace backstop::config

// The filter we are measured against: libmilter doing nothing.
//
//   libmilter_noop SOCKET accept|reject [all]
//
// Asks for headers and body, as any filter must that examines bounces, and negotiates their replies
// away; MAIL and RCPT are replied to, since that is where filters decide on envelopes.  With `all`
// those replies are negotiated away too: what remains is the least a libmilter filter can cost.
// Where a reply was negotiated away it answers SMFIS_NOREPLY (SMFIS_CONTINUE would make libmilter
// write to syslog at each call).  At end of message it accepts or rejects.
#include <libmilter/mfapi.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>

namespace {

bool rejects = false;
bool all = false;
// The MTA that a thread's session belongs to offers the same each time, so one copy will do.
unsigned long negotiated = 0;

sfsistat reply_unless(unsigned long step) {
  return (negotiated & step) != 0 ? SMFIS_NOREPLY : SMFIS_CONTINUE;
}

sfsistat on_negotiate(SMFICTX*, unsigned long, unsigned long offered_steps, unsigned long,
                      unsigned long, unsigned long* actions, unsigned long* steps,
                      unsigned long* more2, unsigned long* more3) {
  constexpr unsigned long kContent = SMFIP_NOHELO | SMFIP_NOUNKNOWN | SMFIP_NODATA | SMFIP_NR_CONN |
                                     SMFIP_NR_HDR | SMFIP_NR_EOH | SMFIP_NR_BODY;
  *actions = 0;
  *steps = offered_steps & (all ? kContent | SMFIP_NR_MAIL | SMFIP_NR_RCPT : kContent);
  *more2 = 0;
  *more3 = 0;
  negotiated = *steps;
  return SMFIS_CONTINUE;
}

sfsistat on_connect(SMFICTX*, char*, _SOCK_ADDR*) {
  return reply_unless(SMFIP_NR_CONN);
}
sfsistat on_mail(SMFICTX*, char**) {
  return reply_unless(SMFIP_NR_MAIL);
}
sfsistat on_recipient(SMFICTX*, char**) {
  return reply_unless(SMFIP_NR_RCPT);
}
sfsistat on_header(SMFICTX*, char*, char*) {
  return reply_unless(SMFIP_NR_HDR);
}
sfsistat on_headers_end(SMFICTX*) {
  return reply_unless(SMFIP_NR_EOH);
}
sfsistat on_body(SMFICTX*, unsigned char*, size_t) {
  return reply_unless(SMFIP_NR_BODY);
}
sfsistat on_message_end(SMFICTX*) {
  return rejects ? SMFIS_REJECT : SMFIS_CONTINUE;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "libmilter_noop SOCKET accept|reject [all]\n");
    return 2;
  }
  rejects = std::strcmp(argv[2], "reject") == 0;
  all = argc > 3;
  char name[] = "noop";
  smfiDesc filter{};
  filter.xxfi_name = name;
  filter.xxfi_version = SMFI_VERSION;
  filter.xxfi_connect = on_connect;
  filter.xxfi_envfrom = on_mail;
  filter.xxfi_envrcpt = on_recipient;
  filter.xxfi_header = on_header;
  filter.xxfi_eoh = on_headers_end;
  filter.xxfi_body = on_body;
  filter.xxfi_eom = on_message_end;
  filter.xxfi_negotiate = on_negotiate;
  if (smfi_setconn(argv[1]) != MI_SUCCESS || smfi_register(filter) != MI_SUCCESS) return 1;
  return smfi_main() == MI_SUCCESS ? 0 : 1;
}

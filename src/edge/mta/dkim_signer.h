// Which header fields the DKIM signer of this host signs.
//
// Pure functions take the text of a signer's own file; broken text says nothing.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace backstop::mta {

struct DkimSigner {
  std::string name;  // "opendkim", "rspamd"
  std::string file;  // As seen below the root: where its list of fields is, or would be.
  bool signs_message_id = false;
  bool signs_token = false;  // Backstop-Token, which a gateway may take away.
};

// opendkim.conf(5): SignHeaders, else the fields RFC 6376 §5.4.1 recommends, less OmitHeaders.
DkimSigner read_opendkim(std::string_view text);
// rspamd's dkim_signing.conf: sign_headers, else its own list, which has Message-ID.
DkimSigner read_rspamd(std::string_view text);

// Those whose files are there.
std::vector<DkimSigner> find_dkim_signers(const std::string& root);

}  // namespace backstop::mta

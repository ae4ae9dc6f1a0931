#include "edge/mta/dkim_signer.h"

#include <gtest/gtest.h>

namespace backstop::mta {
namespace {

TEST(DkimSigner, OpendkimSignsMessageIdOnlyWhenToldTo) {
  EXPECT_FALSE(read_opendkim("").signs_message_id);
  EXPECT_FALSE(read_opendkim("#SignHeaders From,Message-ID\n").signs_message_id);
  EXPECT_TRUE(read_opendkim("SignHeaders\tFrom, Message-ID,Subject\r\n").signs_message_id);
  EXPECT_TRUE(read_opendkim("signheaders *,+message-id\n").signs_message_id);
  EXPECT_FALSE(read_opendkim("SignHeaders *\n").signs_message_id);
  EXPECT_FALSE(read_opendkim("SignHeaders Message-ID\nOmitHeaders Message-ID\n").signs_message_id);
  EXPECT_TRUE(read_opendkim("SignHeaders From,Backstop-Token\n").signs_token);
}

TEST(DkimSigner, RspamdSignsMessageIdUnlessToldOtherwise) {
  EXPECT_TRUE(read_rspamd("").signs_message_id);
  EXPECT_TRUE(read_rspamd("enabled = true;\n").signs_message_id);
  EXPECT_FALSE(read_rspamd("sign_headers = \"(o)from:subject:date\";\n").signs_message_id);
  EXPECT_TRUE(read_rspamd("sign_headers = '(o)from:(x)message-id';").signs_message_id);
  EXPECT_TRUE(read_rspamd("sign_headers = \"(o)from:(x)message-id\";").signs_message_id);
}

}  // namespace
}  // namespace backstop::mta

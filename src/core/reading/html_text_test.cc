#include "core/reading/html_text.h"

#include <gtest/gtest.h>

#include "core/base/limits.h"
#include "core/reading/html_entities.h"

namespace backstop::reading {
namespace {

struct Case {
  const char* what;
  std::string_view html;
  std::string_view want;
};

constexpr Case kCases[] = {
    {"text alone", "Delivery  has\nfailed", "Delivery has failed\n"},
    {"line ends", "a<br>b<BR/>c<br />d", "a\nb\nc\nd\n"},
    {"an empty line between", "a<br><br>b", "a\n\nb\n"},
    {"blocks", "<p>a</p><p>b<div>c</div>d<ul><li>e<li>f</ul><h1>g</h1>h",
     "a\nb\nc\nd\ne\nf\ng\nh\n"},
    {"tables", "<table><tr><td>Status:</td><td>5.1.1</td></tr><tr><th>x<td>y</table>",
     "Status: 5.1.1\nx y\n"},
    {"words in tags", "<b>Deliv</b>ery <a href=\"http://x/\">failed</a>", "Delivery failed\n"},
    {"head, style and script",
     "<html><head><title>t</title><style>p{a:\"<b>\"}</style></head><body>a"
     "<script>if (a<b) x('</p>')</script>b</body></html>",
     "ab\n"},
    {"a head that never ends", "<head><meta charset=utf-8>Hello", "Hello\n"},
    {"a style that never ends", "a<style>b", "a\n"},
    {"a raw element's end in capitals", "a<STYLE>x</b></STyle >b", "ab\n"},
    {"comments", "a<!-- <p>b</p> -- > -->c<!---->d<!-->e", "acde\n"},
    {"conditional comments",
     "<!--[if gte mso 9]><xml><o:x>1</o:x></xml><![endif]-->a<![if !mso]>b<![endif]>c", "abc\n"},
    {"an island of XML", "a<xml><w:z>100</w:z></xml>b", "ab\n"},
    {"declarations", "<!DOCTYPE html PUBLIC \"-//W3C//DTD\"><?xml version=\"1.0\"?>a", "a\n"},
    {"named references", "&lt;bob&gt; &amp;&quot;&apos; &uuml;&Uuml;&szlig; &euro;&nbsp;5&hellip;",
     "<bob> &\"' üÜß € 5…\n"},
    {"references of other languages", "&ccaron;&lstrok;&odblac; &Pcy;&icy;", "čłő Пи\n"},
    {"numbered references", "&#228;&#xE4;&#X00e4;&#8364;&#x1F600;&#26085;", "äää€😀日\n"},
    {"references in windows-1252", "&#146;&#150;&#x80;", "’–€\n"},
    {"references to nothing", "&#0;&#xD800;&#1114112;&#99999999999;", "\ufffd\ufffd\ufffd\ufffd\n"},
    {"unfinished references", "a&uuml b&auml<br>&amp c&#252 &#x;&#;&;&&amp;",
     "aü bä\n& cü &#x;&#;&;&&\n"},
    {"no references", "AT&T ?a=1&copy=2&reg=3 &nosuchname; & x",
     "AT&T ?a=1&copy=2&reg=3 &nosuchname; & x\n"},
    {"an address nobody escaped", "for <bob@example.org>: failed <mailto:a@b>",
     "for <bob@example.org>: failed <mailto:a@b>\n"},
    {"signs that open no tag", "a < b <3 c<", "a < b <3 c<\n"},
    {"a quoted attribute with '>'", "<a title=\"x > y\" b='>'>z</a>", "z\n"},
    {"a tag that never ends", "a<p class=\"x", "a\n"},
    {"a quotation", "I am away.<blockquote type=cite><p>Hello<br>you</blockquote>Bye",
     "I am away.\n> Hello\n> you\nBye\n"},
    {"quotations in each other, one not closed",
     "<blockquote>a<blockquote>b</blockquote>c</blockquote></blockquote>d<blockquote>e",
     "> a\n> b\n> c\nd\n> e\n"},
    {"preformatted text", "<pre>a\n  b\n\nc</pre>d\ne", "a\nb\n\nc\nd e\n"},
    {"no-break spaces", "a\u00a0&nbsp;b", "a\u00a0 b\n"},
    {"nothing", "", ""},
    {"only tags", "<p><br></p>", "\n"},
};

TEST(HtmlText, TheWordsComeOutAsABrowserShowsThem) {
  for (const Case& c : kCases) {
    EXPECT_EQ(render_html_text(c.html), c.want) << c.what;
  }
}

TEST(HtmlText, AnyChunksGiveTheSame) {
  for (const Case& c : kCases) {
    for (std::size_t piece = 1; piece < 5; ++piece) {
      HtmlText reader;
      std::string out;
      for (std::size_t at = 0; at < c.html.size(); at += piece)
        reader.feed(c.html.substr(at, piece), out);
      reader.finish(out);
      EXPECT_EQ(out, render_html_text(c.html)) << c.what << ", " << piece;
    }
  }
}

TEST(HtmlText, AfterItsEndItReadsAnotherPart) {
  HtmlText reader;
  std::string out;
  reader.feed("a<style>b<blockquote>", out);
  reader.finish(out);
  reader.feed("c", out);
  reader.finish(out);
  EXPECT_EQ(out, "a\nc\n");
}

TEST(HtmlText, ALongTagIsPassedOverAndHoldsNoMemory) {
  const std::string data(3 * limits::kHtmlTagBytes, 'x');
  EXPECT_EQ(render_html_text("a<img src=\"data:" + data + "\">b"), "ab\n");
  EXPECT_EQ(render_html_text("a<" + data + ">b"), "ab\n");
}

TEST(HtmlText, EveryEntityIsOneCharacter) {
  EXPECT_EQ(html_entity("AElig"), U'Æ');
  EXPECT_EQ(html_entity("zwnj"), U'\u200c');
  EXPECT_EQ(html_entity("NBSP"), 0U);
  EXPECT_EQ(html_entity(""), 0U);
}

}  // namespace
}  // namespace backstop::reading

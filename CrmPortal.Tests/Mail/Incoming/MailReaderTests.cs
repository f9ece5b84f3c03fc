using System.Globalization;
using System.Text;
using CrmPortal.Core.Platform.Mail.Incoming;

namespace CrmPortal.Tests.Mail.Incoming;

public sealed class MailReaderTests
{
    private const string Png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

    [Theory]
    [InlineData("\r\n", "")]
    [InlineData("\n", "")]
    [InlineData("\n", "From kim@else.example Sat Nov 28 05:00:00 2026\n")]
    [InlineData("\r\n", "From kim@else.example  Sat Nov 28 05:00:00 2026\r\n")]
    [InlineData("\n", ">From kim@else.example Sat Nov 28 05:00:00 2026\n")]
    [InlineData("\n", "\uFEFF")]
    [InlineData("\n", "\n\n")]
    public void Headers_AreRead(string lineEnd, string before)
    {
        var mail = MailReader.Read(Encoding.UTF8.GetBytes(before + """
            Delivered-To: unknown
            Delivered-To: help@shop.example
            X-Original-To: <service@shop.example>
            Received: from a by b; Sun, 29 Nov 2026 10:00:00 +0000
            Message-ID: <new.1@else.example>
            In-Reply-To: <ours.1@crm.example>
            References: <first@crm.example>
             <ours.1@crm.example>
            From: =?utf-8?Q?K=C3=A4the_M=C3=BCller?= <kaethe@else.example>
            Sender: office@else.example
            Reply-To: kaethe@private.example
            To: "Help, please" <help@shop.example>, friends: a@else.example, b@else.example;
            Cc: undisclosed-recipients:;
            Subject: =?iso-8859-1?Q?Gr=FC=DFe?= from
             =?utf-8?B?8J+YgA==?= us
            Date: Sun, 29 Nov 2026 11:00:00 +0100

            Hello

            """.ReplaceLineEndings(lineEnd)));

        Assert.Equal(["help@shop.example", "service@shop.example"], mail.DeliveredTo);
        Assert.Equal(("new.1@else.example", "ours.1@crm.example"), (mail.MessageId, mail.InReplyTo));
        Assert.Equal(["first@crm.example", "ours.1@crm.example"], mail.References);
        Assert.Equal(new("kaethe@else.example", "Käthe Müller"), mail.From);
        Assert.Equal("office@else.example", mail.Sender!.Address);
        Assert.Equal("kaethe@private.example", Assert.Single(mail.ReplyTo).Address);
        Assert.Equal([new("help@shop.example", "Help, please"), new("a@else.example", ""), new("b@else.example", "")], mail.To);
        Assert.Empty(mail.Cc);
        Assert.Equal("Grüße from 😀 us", mail.Subject);
        Assert.Equal(DateTimeOffset.Parse("2026-11-29T11:00:00+01:00", CultureInfo.InvariantCulture), mail.Date);
        Assert.Equal("Hello", mail.Text);
        Assert.Equal((MailKind.Written, 1), (mail.Kind, mail.Hops));
        Assert.Empty(mail.Faults);
    }

    [Fact]
    public void Subject_IsOneLine_WithoutControlCharacters_AndBounded()
    {
        Assert.Equal("a b c d", Mails.Read("Subject: a\0b\tc =?utf-8?Q?=0D=0Ad=E2=80=AE?=\n\nx").Subject);
        Assert.Equal(300, Mails.Read($"Subject: {new string('a', 299)}{string.Concat(Enumerable.Repeat("ä", 100))}\n\nx").Subject.Length);
        Assert.Equal(299, Mails.Read($"Subject: {new string('a', 299)}😀\n\nx").Subject.Length);
    }

    [Fact]
    public void References_KeepTheNewest()
    {
        var mail = Mails.Read("References: " + string.Concat(Enumerable.Range(0, 500).Select(i => $"\n <id{i}@else.example>")) + "\n\nx");

        Assert.Equal(100, mail.References.Count);
        Assert.Equal("id499@else.example", mail.References[^1]);
    }

    [Theory]
    [InlineData("Date: yesterday")]
    [InlineData("Date: Thu, 32 Nov 2026 25:00:00 +0000")]
    [InlineData("X-Date: none")]
    public void Date_ThatIsNone_IsNull(string header) => Assert.Null(Mails.Read(header + "\n\nx").Date);

    [Theory]
    [InlineData("us-ascii", "utf-8")]
    [InlineData("iso-8859-1", "utf-8")]
    [InlineData("windows-1252", "utf-8")]
    [InlineData("x-unknown", "utf-8")]
    [InlineData("\"utf8\"", "utf-8")]
    [InlineData("utf-8", "utf-8")]
    [InlineData("unheard-of", "utf-8")]
    [InlineData("unheard-of", "windows-1252")]
    [InlineData("iso-8859-1", "windows-1252")]
    [InlineData("utf-8", "windows-1252")]
    [InlineData("us-ascii", "windows-1252")]
    [InlineData("utf-16", "utf-16")]
    [InlineData("utf-16le", "utf-16")]
    [InlineData("utf-16", "utf-8")]
    public void Charset_DeclaredWrongly_IsRepaired(string declared, string real)
    {
        const string Text = "Käse für 5 € – “gut”";
        var encoding = real == "windows-1252" ? CodePagesEncodingProvider.Instance.GetEncoding(1252)! : Encoding.GetEncoding(real);
        var content = Convert.ToBase64String(encoding.GetBytes(Text));

        var mail = Mails.Read($"Content-Type: text/plain; charset={declared}\nContent-Transfer-Encoding: base64\n\n{content}");

        Assert.Equal(Text, mail.Text);
    }

    [Theory]
    [InlineData("gb2312", 54936, "漢字 镕 €")]
    [InlineData("shift_jis", 932, "①日本語")]
    [InlineData("iso-2022-jp", 50220, "日本語")]
    [InlineData("ks_c_5601-1987", 949, "한국어 똠")]
    [InlineData("koi8-r", 20866, "Привет")]
    [InlineData("windows-1251", 1251, "Привет")]
    [InlineData("big5", 950, "繁體")]
    [InlineData("iso-8859-8-i", 1255, "שלום")]
    public void Charset_OfOtherScripts_IsRead(string declared, int real, string text)
    {
        var content = Convert.ToBase64String(CodePagesEncodingProvider.Instance.GetEncoding(real)!.GetBytes(text));

        Assert.Equal(text, Mails.Read($"Content-Type: text/plain; charset={declared}\nContent-Transfer-Encoding: base64\n\n{content}").Text);
    }

    [Theory]
    [InlineData("=?iso-8859-1?Q?K=C3=A4se?=")]
    [InlineData("=?us-ascii?Q?K=C3=A4se?=")]
    [InlineData("=?x-unknown?B?S8Okc2U=?=")]
    [InlineData("=?unknown-8bit?Q?K=E4se?=")]
    [InlineData("=?UTF-8*de?Q?K=C3=A4se?=")]
    [InlineData("Käse")]
    public void Subject_WithAWrongCharset_IsRepaired(string subject) => Assert.Equal("Käse", Mails.Read($"Subject: {subject}\n\nx").Subject);

    [Fact]
    public void Headers_InRawLatin_AreRead() =>
        Assert.Equal(("Käse", "Jörg"), Mails.Read("Subject: Käse\nFrom: Jörg <j@else.example>\n\nx", Encoding.Latin1) is var mail
            ? (mail.Subject, mail.From!.Name) : default);

    [Fact]
    public void Flowed_IsJoined()
    {
        var mail = Mails.Read("Content-Type: text/plain; format=flowed\n\nThis is one \nlong line.\nAnd another.\n> quoted \n> too\n");

        Assert.Equal("This is one long line.\nAnd another.\n> quoted too", mail.Text);
        Assert.Equal("日本語日本語", Mails.Read("Content-Type: text/plain; charset=utf-8; format=flowed; delsp=yes\n\n日本語 \n日本語\n").Text);
    }

    [Fact]
    public void Alternative_WithPicturesAndFiles_IsTakenApart()
    {
        var mail = Mails.Read($"""
            From: kim@else.example
            Content-Type: multipart/mixed; boundary=m

            --m
            Content-Type: multipart/alternative; boundary=a

            --a
            Content-Type: text/plain

            Plain words
            --a
            Content-Type: multipart/related; boundary=r

            --r
            Content-Type: text/html

            <p>HTML words <img src="cid:logo@else" alt="Logo"></p>
            --r
            Content-Type: image/png; name=logo.png
            Content-ID: <logo@else>
            Content-Transfer-Encoding: base64

            {Png}
            --r--
            --a
            Content-Type: text/calendar; method=REQUEST

            BEGIN:VCALENDAR
            --a--
            --m
            Content-Type: text/plain; name=notes.txt
            Content-Disposition: inline; filename=notes.txt

            A file of text
            --m
            Content-Type: application/pdf
            Content-Disposition: attachment; filename*=utf-8''Rechnung%20%C3%A4.pdf
            Content-Transfer-Encoding: base64

            JVBERg==
            --m
            Content-Type: text/plain

            Footer of a list
            --m--
            """);

        Assert.Equal("Plain words\nFooter of a list", mail.Text);
        Assert.Contains("HTML words", mail.Html, StringComparison.Ordinal);
        Assert.Contains("Footer of a list", mail.Html, StringComparison.Ordinal);
        Assert.Equal([("logo.png", true), ("attachment.ics", false), ("notes.txt", false), ("Rechnung ä.pdf", false)],
            mail.Attachments.Select(a => (a.Name, a.IsInline)));
        Assert.Equal(("logo@else", "image/png"), (mail.Attachments[0].ContentId, mail.Attachments[0].ContentType));
        Assert.Equal("%PDF"u8.ToArray(), mail.Attachments[3].Content.ToArray());
        Assert.False(mail.HasRemotePictures);
    }

    [Fact]
    public void Html_Alone_BecomesText()
    {
        var mail = Mails.Html("""
            <html><head><title>No</title><style>p { color: red }</style></head><body>
            <div style="display:none">preview</div>
            <h1>Hello</h1><p>Two  words<br>next&nbsp;line</p><ul><li>one</li><li>two<ol><li>inner</li></ol></li></ul>
            <p>See <a href="https://shop.example/x">our shop</a> or <a href="https://shop.example/">shop.example</a>.</p>
            <table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table><blockquote><p>quoted</p><p>twice</p></blockquote>
            <pre>  kept
              so</pre><script>alert(1)</script></body></html>
            """);

        Assert.Equal("""
            Hello

            Two words
            next line

            - one
            - two
              1. inner

            See our shop <https://shop.example/x> or shop.example.

            a b
            c

            > quoted
            >
            > twice

              kept
              so
            """.ReplaceLineEndings("\n"), mail.Text);
    }

    [Fact]
    public void Html_TellsItsOwnCharset_WhereTheMailTellsNone()
    {
        var bytes = CodePagesEncodingProvider.Instance.GetEncoding(1251)!.GetBytes(
            "Content-Type: text/html\r\n\r\n<meta http-equiv=Content-Type content=\"text/html; charset=windows-1251\"><p>Привет</p>");

        Assert.Equal("Привет", MailReader.Read(bytes).Text);
    }

    [Theory]
    [InlineData("application/ms-tnef")]
    [InlineData("application/octet-stream")]
    public void Winmail_IsOpened(string type)
    {
        var mail = Mails.Read($"""
            From: kim@else.example
            Content-Type: multipart/mixed; boundary=m

            --m
            Content-Type: {type}; name=winmail.dat
            Content-Transfer-Encoding: base64

            {Convert.ToBase64String(Tnef())}
            --m--
            """);

        var attachment = Assert.Single(mail.Attachments);
        Assert.Equal(("plan.txt", "the plan"), (attachment.Name, Encoding.ASCII.GetString(attachment.Content.Span)));
        Assert.Equal("Words of Outlook", mail.Text);
        Assert.Empty(mail.Faults);
    }

    [Fact]
    public void Winmail_ThatIsBroken_IsKeptAsAFile()
    {
        var mail = Mails.Read("Content-Type: application/ms-tnef; name=winmail.dat\nContent-Transfer-Encoding: base64\n\nAAECAwQFBgc=");

        Assert.Equal("winmail.dat", Assert.Single(mail.Attachments).Name);
        Assert.Equal([MailFault.PartUnreadable], mail.Faults);
    }

    [Fact]
    public void MailInAMail_IsAFile_ThatReadsAgain()
    {
        var mail = Mails.Read("""
            From: kim@else.example
            Content-Type: multipart/mixed; boundary=m

            --m
            Content-Type: text/plain

            See below
            --m
            Content-Type: message/rfc822

            From: lou@else.example
            Subject: Inner/words

            Inner text
            --m--
            """);

        var file = Assert.Single(mail.Attachments);
        Assert.Equal(("Inner-words.eml", "message/rfc822"), (file.Name, file.ContentType));
        Assert.Equal(("Inner/words", "Inner text"), MailReader.Read(file.Content) is var inner ? (inner.Subject, inner.Text) : default);
        Assert.Equal("See below", mail.Text);
    }

    [Theory]
    [InlineData("../../etc/passwd", "passwd")]
    [InlineData(@"C:\Windows\win.ini", "win.ini")]
    [InlineData("photo_\u202Egpj.exe", "photo_gpj.exe")]
    [InlineData("a\u200Fb\u2066.txt", "ab.txt")]
    [InlineData("CON", "_CON")]
    [InlineData("nul.txt", "_nul.txt")]
    [InlineData("...", "attachment.pdf")]
    [InlineData("  .hidden. ", "hidden")]
    [InlineData("a<b>:c|d?.txt", "a_b__c_d_.txt")]
    [InlineData("tab\there\0.txt", "tabhere.txt")]
    [InlineData("/", "attachment.pdf")]
    public void NameOfAFile_IsSafe(string name, string expected)
    {
        var encoded = Uri.EscapeDataString(name);

        var mail = Mails.Read($"Content-Type: application/pdf\nContent-Disposition: attachment; filename*=utf-8''{encoded}\n\nx");

        Assert.Equal(expected, Assert.Single(mail.Attachments).Name);
    }

    [Fact]
    public void NameOfAFile_IsBounded_AndKeepsItsEnding()
    {
        var mail = Mails.Read($"Content-Type: application/pdf\nContent-Disposition: attachment; filename=\"{new string('a', 5_000)}.pdf\"\n\nx");

        var name = Assert.Single(mail.Attachments).Name;
        Assert.Equal(120, name.Length);
        Assert.EndsWith("aaa.pdf", name, StringComparison.Ordinal);
    }

    [Fact]
    public void Text_HasNothingThatADatabaseRefuses()
    {
        byte[] raw = [.. "Content-Type: text/plain; charset=utf-8\r\n\r\na\0b\u0007c "u8, 0xED, 0xA0, 0x80, .. " ä d"u8];

        var mail = MailReader.Read(raw);

        Assert.StartsWith("abc ", mail.Text, StringComparison.Ordinal);
        Assert.False(CrmPortal.Core.Platform.Common.StoredText.IsUnstorable(mail.Text));
    }

    private static byte[] Tnef()
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write(0x223E9F78);
        writer.Write((ushort)1);
        Attribute(1, 0x00089006, BitConverter.GetBytes(0x00010000));
        Attribute(1, 0x00069007, [0xE4, 0x04, 0, 0, 0, 0, 0, 0]);
        Attribute(1, 0x00078008, "IPM.Microsoft Mail.Note\0"u8.ToArray());
        Attribute(1, 0x0002800C, "Words of Outlook\0"u8.ToArray());
        Attribute(2, 0x00069002, new byte[14]);
        Attribute(2, 0x00018010, "plan.txt\0"u8.ToArray());
        Attribute(2, 0x0006800F, "the plan"u8.ToArray());
        return stream.ToArray();

        void Attribute(byte level, int tag, byte[] data)
        {
            writer.Write(level);
            writer.Write(tag);
            writer.Write(data.Length);
            writer.Write(data);
            writer.Write((ushort)data.Sum(b => b));
        }
    }
}

using System.Globalization;
using System.Text;
using CrmPortal.Core.Platform.Mail.Incoming;

namespace CrmPortal.Tests.Mail.Incoming;

/// <summary>Mails that nobody sends by mistake, and what is left of others after an accident.</summary>
public sealed class NastyMailTests
{
    [Fact]
    public void PartsInParts_AHundredDeep_AreReadAsFarAsTheBound()
    {
        var mail = new StringBuilder("Subject: deep\n");
        for (var i = 0; i < 100; i++)
            mail.Append(CultureInfo.InvariantCulture, $"Content-Type: multipart/mixed; boundary=b{i}x\n\n--b{i}x\nContent-Type: text/plain\n\nlevel {i}\n--b{i}x\n");
        mail.Append("Content-Type: text/plain\n\nbottom\n");

        var read = Mails.Read(mail.ToString());

        Assert.Equal("deep", read.Subject);
        Assert.StartsWith("level 0\nlevel 1\n", read.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("level 30", read.Text, StringComparison.Ordinal);
        Assert.Contains(MailFault.PartsCut, read.Faults);
    }

    [Fact]
    public void MailsInMails_AHundredDeep_AreOneFile()
    {
        var mail = string.Concat(Enumerable.Range(0, 100).Select(i => $"Subject: level {i}\nContent-Type: message/rfc822\n\n")) + "Subject: last\n\nx";

        var read = Mails.Read(mail);

        Assert.Equal("level 1.eml", Assert.Single(read.Attachments).Name);
    }

    [Fact]
    public void TenThousandParts_AreReadAsFarAsTheBound()
    {
        var mail = "Subject: many\nContent-Type: multipart/mixed; boundary=b\n\n"
            + string.Concat(Enumerable.Range(0, 10_000).Select(i => $"--b\nContent-Type: application/pdf; name=f{i}.pdf\n\nx\n")) + "--b--\n";

        var read = Mails.Read(mail);

        Assert.Equal(100, read.Attachments.Count);
        Assert.Equal([MailFault.PartsCut, MailFault.AttachmentsCut], read.Faults);
        Assert.Equal("many", read.Subject);
    }

    [Fact]
    public void MillionsOfEmptyParts_AndHeaders_AreNotKept()
    {
        var parts = Mails.Read("Subject: many\nContent-Type: multipart/mixed; boundary=b\n\n" + string.Concat(Enumerable.Repeat("--b\n\n", 2_000_000)));
        var headers = Mails.Read("Subject: many\n" + string.Concat(Enumerable.Repeat("a:b\n", 2_000_000)) + "\nwords");
        var inner = Mails.Read("Subject: many\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nwords\n--b\n"
            + string.Concat(Enumerable.Repeat("a:b\n", 2_000_000)) + "\nx\n--b--\n");

        Assert.Equal([MailFault.PartsCut], parts.Faults);
        Assert.Equal([MailFault.HeadersCut], headers.Faults);
        Assert.Equal("words", headers.Text);
        Assert.Contains(MailFault.HeadersCut, inner.Faults);
        Assert.Equal("words", inner.Text.Trim());
        Assert.All([parts, headers, inner], read => Assert.Equal("many", read.Subject));
    }

    [Fact]
    public void HeaderOfAMegabyte_IsCut_AndTheRestIsRead()
    {
        var read = Mails.Read($"X-Long: {new string('a', 1_000_000)}\nTo: {string.Join(",\n ", Enumerable.Range(0, 9_000).Select(i => $"a{i}@else.example"))}\n"
            + $"Subject: here\nX-Folded: a{string.Concat(Enumerable.Repeat("\n b", 400_000))}\nFrom: kim@else.example\n\nwords");

        Assert.Equal(("here", "kim@else.example", "words"), (read.Subject, read.From?.Address, read.Text));
        Assert.Equal([MailFault.HeadersCut], read.Faults);
        Assert.Equal(200, read.To.Count);
    }

    [Fact]
    public void FiftyMegabytes_AreRead_AndAByteMoreIsNot()
    {
        var head = "Subject: large\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nwords\r\n--b\r\nContent-Type: application/zip\r\n\r\n"u8;
        var raw = new byte[MailReader.MostBytes + 1];
        raw.AsSpan().Fill((byte)'x');
        head.CopyTo(raw);

        var read = MailReader.Read(raw.AsMemory(0, MailReader.MostBytes));

        Assert.Equal(("large", "words"), (read.Subject, read.Text));
        Assert.Equal(MailReader.MostBytes - head.Length, Assert.Single(read.Attachments).Content.Length);
        Assert.Throws<MailTooLargeException>(() => MailReader.Read(raw));
        Assert.Throws<MailTooLargeException>(() => MailReader.Read(new MemoryStream(raw)));
    }

    [Fact]
    public void Text_LongerThanIsKept_IsCutWithAMark()
    {
        var plain = Mails.Plain(string.Concat(Enumerable.Repeat("words and words\n", 100_000)));
        var html = Mails.Html(string.Concat(Enumerable.Repeat("words and words ", 100_000)));

        Assert.All([plain, html], read =>
        {
            Assert.Equal([MailFault.TextCut], read.Faults);
            Assert.True(read.Text.Length < MailReader.MostText + 10);
            Assert.EndsWith("\n[…]", read.Text, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void Html_LongerThanIsKept_LeavesTheTextAlone()
    {
        var mail = Mails.Read("Content-Type: multipart/alternative; boundary=a\n\n--a\n\nwords\n--a\nContent-Type: text/html\n\n"
            + string.Concat(Enumerable.Repeat("words and words ", 100_000)) + "\n--a--");

        Assert.Equal("words", mail.Text);
        Assert.Equal([MailFault.TextCut], mail.Faults);
    }

    [Fact]
    public void NotAMail_IsText()
    {
        Assert.Equal("", Mails.Read("").Text);
        Assert.Equal([MailFault.Unreadable], Mails.Read("").Faults);
        Assert.Equal("Just some words\nand more", Mails.Read("Just some words\nand more\n").Text);
        Assert.Equal("", MailReader.Read(new byte[100]).Text);
        Assert.Equal("words", Mails.Read("\n\nwords").Text);
    }

    [Fact]
    public void BrokenEncodings_GiveWhatTheyCan()
    {
        var mail = Mails.Read("""
            Content-Type: multipart/mixed; boundary=b

            --b
            Content-Type: text/plain; charset=utf-8
            Content-Transfer-Encoding: base64

            SGVs***bG8gd2!!9ybGQ=***!!
            --b
            Content-Type: text/plain; charset=utf-8
            Content-Transfer-Encoding: quoted-printable

            K=C3=A4se =ZZ =
            --b
            Content-Type: text/plain; charset=utf-8
            Content-Transfer-Encoding: x-none

            as it is
            """);

        Assert.Equal("Hello world\nKäse =ZZ\nas it is", string.Join('\n', mail.Text.Split('\n').Select(l => l.Trim()).Where(l => l.Length > 0)));
    }

    [Theory]
    [InlineData("Content-Type: multipart/mixed\n\n--b\n\nno boundary")]
    [InlineData("Content-Type: multipart/mixed; boundary=\"\"\n\n--\n\nempty boundary")]
    [InlineData("Content-Type: multipart/mixed; boundary=c\n\n--b\n\nother boundary\n--b--")]
    [InlineData("Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nthe same again\n--b--")]
    [InlineData("Content-Type: multipart/alternative; boundary=b\n\n--b--")]
    [InlineData("Content-Type: multipart/report; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\n\0\0:\n\n:\n--b--")]
    [InlineData("Content-Type: message/rfc822\n\n")]
    [InlineData("Content-Type: message/partial; id=x; number=1; total=3\n\nx")]
    [InlineData("Content-Type: message/external-body; access-type=URL\n\nx")]
    [InlineData("Content-Type: application/ms-tnef\n\n")]
    [InlineData("Content-Type: ;;;=\nContent-Transfer-Encoding: \nContent-Disposition: ;\n\nx")]
    [InlineData("From: <<<>>>,,,;:@\nTo: \"\nMessage-ID: <\nReferences: <><><\nDate: \0\nSubject: =?=?=?\n\nx")]
    [InlineData("Content-Type: text/plain; charset=\"=?utf-8?Q?utf-8?=\"\n\nx")]
    [InlineData("Content-Type: multipart/signed; boundary=b\n\n--b\n\nx\n--b\nContent-Type: application/pkcs7-signature\n\nx\n--b--")]
    [InlineData("Content-Type: multipart/encrypted; boundary=b\n\n--b\n\nx")]
    public void LiesOfStructure_AreNoFaultOfTheReader(string mail) => Assert.DoesNotContain(MailFault.Unreadable, Mails.Read(mail).Faults);

    [Fact]
    public void Mutations_OfValidMails_NeverThrow()
    {
        var random = new Random(3);
        var seeds = Seeds().Select(s => Mails.Bytes(s)).ToList();
        for (var round = 0; round < 6_000; round++)
        {
            var bytes = seeds[round % seeds.Count].ToList();
            for (var change = random.Next(1, 12); change > 0 && bytes.Count > 0; change--) Mutate(bytes, random, seeds);

            var read = MailReader.Read(bytes.ToArray());

            Assert.True(read.Subject.Length <= 300);
            Assert.False(CrmPortal.Core.Platform.Common.StoredText.IsUnstorable(read.Subject + read.Text + read.Html + read.From?.Name));
            Assert.True(read.NewText.Length + read.QuotedText.Length <= read.Text.Length + 2);
            Assert.All(read.Attachments, a => Assert.InRange(a.Name.Length, 1, 130));
        }
    }

    private static void Mutate(List<byte> bytes, Random random, List<byte[]> seeds)
    {
        var at = random.Next(bytes.Count);
        var length = random.Next(1, Math.Min(40, bytes.Count - at + 1));
        switch (random.Next(7))
        {
            case 0: bytes[at] = (byte)random.Next(256); break;
            case 1: bytes.RemoveRange(at, Math.Min(length, bytes.Count - at)); break;
            case 2: bytes.InsertRange(at, bytes.Skip(random.Next(bytes.Count)).Take(length).ToList()); break;
            case 3: bytes.Insert(at, (byte)"\0\r\n:;=<>\"-?&"[random.Next(12)]); break;
            case 4: bytes.RemoveRange(at, bytes.Count - at); break;
            case 5:
                var other = seeds[random.Next(seeds.Count)];
                bytes.InsertRange(at, other[random.Next(other.Length / 2)..]);
                break;
            default: bytes.InsertRange(at, Enumerable.Repeat(bytes[at], random.Next(200))); break;
        }
    }

    private static IEnumerable<string> Seeds()
    {
        yield return """
            Received: from a by b; Sun, 29 Nov 2026 10:00:00 +0000
            Message-ID: <a@else.example>
            References: <b@else.example> <c@else.example>
            From: =?utf-8?Q?K=C3=A4the?= <kaethe@else.example>
            To: "Help" <help@shop.example>, friends: a@else.example;
            Subject: =?iso-8859-1?Q?Gr=FC=DFe?=
            Date: Sun, 29 Nov 2026 11:00:00 +0100
            MIME-Version: 1.0
            Content-Type: multipart/mixed; boundary="m"

            --m
            Content-Type: multipart/alternative; boundary="a"

            --a
            Content-Type: text/plain; charset=utf-8; format=flowed
            Content-Transfer-Encoding: quoted-printable

            Thank you, K=C3=A4the, =
            it works.

            On Mon, Nov 23, 2026 at 10:00 AM Help <help@shop.example> wrote:
            > Please try again.
            --a
            Content-Type: text/html; charset=windows-1252
            Content-Transfer-Encoding: quoted-printable

            <p style=3D"color: red">Thank you, <b>K=E4the</b> <img src=3D"cid:x"></p><div class=3D"gmail_quote">On Mon</div>
            --a--
            --m
            Content-Type: message/rfc822

            Subject: inner
            Content-Type: text/plain; charset=gb2312
            Content-Transfer-Encoding: base64

            xOO6ww==
            --m
            Content-Type: image/png; name*0*=utf-8''a%20; name*1*=b.png
            Content-ID: <x>
            Content-Disposition: inline; filename="../a.png"
            Content-Transfer-Encoding: base64

            iVBORw0KGgoAAAANSUhEUgAAAAEAAAAB
            --m--
            """;
        yield return """
            Return-Path: <>
            X-Failed-Recipients: a@else.example
            From: Mail Delivery System <MAILER-DAEMON@mx.shop.example>
            Subject: Undelivered Mail Returned to Sender
            Auto-Submitted: auto-replied
            Content-Type: multipart/report; report-type=delivery-status; boundary="r"

            --r
            Content-Type: text/plain; charset=us-ascii

            <a@else.example>: host said: 550 5.1.1 no such user
            --r
            Content-Type: message/delivery-status

            Reporting-MTA: dns; mx.shop.example

            Final-Recipient: utf-8; k\x{E4}the@else.example
            Original-Recipient: rfc822;team@else.example
            Action: failed
            Status: 5.0.0
            Diagnostic-Code: smtp; 550 5.1.1 no such user

            --r
            Content-Type: text/rfc822-headers

            Message-ID: <ours@crm.example>
            --r--
            """;
        yield return $"""
            From: kim@else.example
            Content-Type: application/ms-tnef; name=winmail.dat
            Content-Transfer-Encoding: base64

            {Convert.ToBase64String([0x78, 0x9F, 0x3E, 0x22, 1, 0, 1, 6, 0x90, 8, 0, 4, 0, 0, 0, 0, 0, 1, 0, 1, 0,
                1, 0x0C, 0x80, 2, 0, 5, 0, 0, 0, .. "word\0"u8, 0xBC, 1, 2, 2, 0x90, 6, 0, 14, 0, 0, 0, .. new byte[14], 0, 0])}
            """;
    }
}

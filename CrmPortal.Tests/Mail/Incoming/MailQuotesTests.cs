namespace CrmPortal.Tests.Mail.Incoming;

public sealed class MailQuotesTests
{
    [Theory]
    [InlineData("On Mon, Nov 23, 2026 at 10:00 AM Help <help@shop.example> wrote:")]
    [InlineData("On Mon, Nov 23, 2026 at 10:00 AM Help\n<help@shop.example> wrote:")]
    [InlineData("Am 23.11.2026 um 10:00 schrieb Help:")]
    [InlineData("Am Mo., 23. Nov. 2026 um 10:00 Uhr schrieb Help <\nhelp@shop.example>:")]
    [InlineData("Help <help@shop.example> schrieb am Mo. 23. Nov. 2026 um 10:00:")]
    [InlineData("El lun, 23 nov 2026 a las 10:00, Help (<help@shop.example>) escribió:")]
    [InlineData("Le lun. 23 nov. 2026 à 10:00, Help <help@shop.example> a écrit :")]
    [InlineData("Il giorno lun 23 nov 2026 alle ore 10:00 Help <help@shop.example> ha scritto:")]
    [InlineData("Em seg., 23 de nov. de 2026 às 10:00, Help <help@shop.example> escreveu:")]
    [InlineData("Op ma 23 nov 2026 om 10:00 schreef Help <help@shop.example>:")]
    [InlineData("Den mån 23 nov. 2026 kl 10:00 skrev Help <help@shop.example>:")]
    [InlineData("pon., 23 lis 2026 o 10:00 Help <help@shop.example> napisał(a):")]
    [InlineData("пн, 23 нояб. 2026 г. в 10:00, Help <help@shop.example> написал:")]
    [InlineData("23 Kas 2026 Pzt 10:00 tarihinde Help <help@shop.example> şunu yazdı:")]
    [InlineData("在 2026年11月23日，10:00，Help <help@shop.example> 写道：")]
    [InlineData("2026年11月23日(月) 10:00 Help <help@shop.example> wrote:")]
    [InlineData("Help <help@shop.example> hat 23.11.2026 dings:")]
    public void Introduction_AndQuotedLines_AreCut(string introduction)
    {
        var mail = Mails.Plain($"Thank you, it works.\n\nKim\n\n{introduction}\n\n> Please try again.\n>\n> Help\n");

        Assert.Equal("Thank you, it works.\n\nKim", mail.NewText);
        Assert.Equal($"{introduction}\n\n> Please try again.\n>\n> Help", mail.QuotedText);
    }

    [Theory]
    [InlineData("-----Original Message-----\nFrom: Help\nSent: Monday\nTo: Kim\nSubject: Order")]
    [InlineData("-----Ursprüngliche Nachricht-----\nVon: Help")]
    [InlineData("________________________________\nFrom: Help <help@shop.example>\nSent: Monday, November 23, 2026 10:00\nTo: Kim\nSubject: Order")]
    [InlineData("Von: Help <help@shop.example>\nGesendet: Montag, 23. November 2026 10:00\nAn: Kim\nBetreff: Order")]
    [InlineData("*De:* Help <help@shop.example>\n*Enviado el:* lunes, 23 de noviembre de 2026\n*Para:* Kim\n*Asunto:* Order")]
    [InlineData("De : Help <help@shop.example>\nEnvoyé : lundi 23 novembre 2026\nÀ : Kim\nObjet : Order")]
    [InlineData("On Mon, Nov 23, 2026 at 10:00 AM Help <help@shop.example> wrote:")]
    public void WhatStandsBelow_IsCut_WithoutSigns(string head)
    {
        var mail = Mails.Plain($"Thank you, it works.\n\n{head}\n\nPlease try again.\n");

        Assert.Equal("Thank you, it works.", mail.NewText);
        Assert.Equal($"{head}\n\nPlease try again.", mail.QuotedText);
    }

    [Theory]
    // Answers between the lines.
    [InlineData("On Mon, Nov 23, 2026 Help wrote:\n> Does it work?\n\nYes.\n\n> And this?\n\nNo.")]
    // Nothing is new.
    [InlineData("On Mon, Nov 23, 2026 Help wrote:\n> Does it work?")]
    [InlineData("-----Original Message-----\nFrom: Help\nSent: Monday\nTo: Kim\nSubject: Order\n\nPlease try again.")]
    // Passed on.
    [InlineData("See below.\n\n---------- Forwarded message ---------\nFrom: Help <help@shop.example>\nDate: Mon\nSubject: x\nTo: Kim\n\nWords")]
    [InlineData("Siehe unten.\n\n-------- Weitergeleitete Nachricht --------\nBetreff: x\nDatum: Mon\nVon: Help\nAn: Kim\n\nWorte")]
    // Sentences that look like an introduction or a head.
    [InlineData("On Monday my colleague wrote:\nit does not work.")]
    [InlineData("From: the bottom of my heart\nthank you")]
    [InlineData("This is what it says:\n> error 5\nWhat can I do?")]
    [InlineData("I see -> here\n>From here on it fails")]
    public void WhereItIsNotClear_NothingIsCut(string text)
    {
        var mail = Mails.Plain(text);

        Assert.Equal((text, ""), (mail.NewText, mail.QuotedText));
    }

    [Fact]
    public void Answer_BelowTheQuotation_IsNew()
    {
        var mail = Mails.Plain("On Mon, Nov 23, 2026 Help wrote:\n> Does it work?\n> Help\n\nYes, it does.\n");

        Assert.Equal(("Yes, it does.", "On Mon, Nov 23, 2026 Help wrote:\n> Does it work?\n> Help"), (mail.NewText, mail.QuotedText));
    }

    [Fact]
    public void Footer_BelowTheQuotation_IsKept()
    {
        var mail = Mails.Plain("Yes.\n\nOn Mon, Nov 23, 2026 Help wrote:\n> Does it work?\n\n-- \nKim");

        Assert.Equal("Yes.\n\n--\nKim", mail.NewText);
    }

    [Fact]
    public void Outlook_WhichPassesOn_CutsNothing()
    {
        const string Body = "For you.\n\nFrom: Help <help@shop.example>\nSent: Monday\nTo: Kim\nSubject: Order\n\nPlease try again.";

        Assert.Equal(Body, Mails.Read($"Subject: FW: Order\n\n{Body}").NewText);
        Assert.Equal("For you.", Mails.Read($"Subject: RE: Order\n\n{Body}").NewText);
    }

    [Theory]
    [InlineData("<div dir=ltr>Thanks, works.</div><br><div class=\"gmail_quote\"><div class=\"gmail_attr\">Ha scritt Help er 23.11.:<br></div><blockquote>Try</blockquote></div>")]
    [InlineData("<p>Thanks, works.</p><div id=appendonsend></div><div id=divRplyFwdMsg><b>Afzender:</b> Help</div><div>Try</div>")]
    [InlineData("<p>Thanks, works.</p><div class=\"moz-cite-prefix\">Someone said</div><blockquote type=cite>Try</blockquote>")]
    public void MarksOfPrograms_AreUnderstood(string html) => Assert.Equal("Thanks, works.", Mails.Html(html).NewText);

    [Fact]
    public void MarksOfPrograms_AreFoundAgainInThePlainText()
    {
        var mail = Mails.Read("""
            Content-Type: multipart/alternative; boundary=a

            --a
            Content-Type: text/plain; charset=utf-8

            Thanks, *works*.

            Thus spake Help
            Try
            --a
            Content-Type: text/html; charset=utf-8

            <div>Thanks, <b>works</b>.</div><div class="gmail_quote"><div>Thus spake Help</div><div>Try</div></div>
            --a--
            """);

        Assert.Equal(("Thanks, *works*.", "Thus spake Help\nTry"), (mail.NewText, mail.QuotedText));
    }
}

using CrmPortal.Core.HelpCentre;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Tests.HelpCentre;

/// <summary>Articles are found by the beginnings of their words, in any script, alike on both databases.</summary>
public sealed class HelpSearchTests
{
    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Search_FoldsWords_FindsBeginnings_AndOrdersByWhereTheyStand(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var editor = await data.AsEditorAsync();
        var category = await editor.AddCategoryAsync();
        await editor.AddArticleAsync(category, "Something else", "In the end there is one word about a refund among many others.");
        await editor.AddArticleAsync(category, "Refunds by card", "How long it takes.");
        await editor.AddArticleAsync(category, "Crème brûlée & Straße", "It's don't 12345 **bold** [link text](https://example.com)", summary:
            "Señor Ñandú");
        await editor.AddArticleAsync(category, "Devoluciones", "Treinta días", language: "es");
        await editor.AddArticleAsync(category, "注文の追跡", "荷物はどこですか", language: "en");

        Assert.Equal(["Refunds by card", "Something else"], await editor.FindAsync("REFUND"));
        Assert.Equal(["Refunds by card"], await editor.FindAsync("card refu"));
        Assert.Equal(["Crème brûlée & Straße"], await editor.FindAsync("creme strasse"));
        Assert.Equal(["Crème brûlée & Straße"], await editor.FindAsync("ñandu"));
        Assert.Equal(["Crème brûlée & Straße"], await editor.FindAsync("dont 123"));
        Assert.Equal(["Crème brûlée & Straße"], await editor.FindAsync("link text bold"));
        Assert.Equal(["注文の追跡"], await editor.FindAsync("追跡"));
        Assert.Equal(["注文の追跡"], await editor.FindAsync("荷物"));
        Assert.Equal(["注文の追跡"], await editor.FindAsync("か"));
        Assert.Equal(["Devoluciones"], await editor.FindAsync("dias", "es"));
        Assert.Empty(await editor.FindAsync("dias"));
        Assert.Empty(await editor.FindAsync("efund"));
        // What says nothing is left out.
        Assert.Equal(["Refunds by card"], await editor.FindAsync("How can I have my refund by the card?"));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Search_WithoutAHitForAllWords_FindsThoseWithSome_AndSaysSo(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var editor = await data.AsEditorAsync();
        await editor.AddArticleAsync(await editor.AddCategoryAsync(), "Refund by card", "How long it takes.");

        var loose = await editor.Get<HelpCentreService>().SearchAsync("refunds dinosaur", "en", false, default);
        var none = await editor.Get<HelpCentreService>().SearchAsync("dinosaur", "en", false, default);

        Assert.True(loose is { IsLoose: true, Hits: [{ Link.Title: "Refund by card" }] });
        Assert.True(none is { IsLoose: false, Hits.Count: 0 });
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Search_HostileInput_FindsNothingAndHarmsNothing(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var editor = await data.AsEditorAsync();
        await editor.AddArticleAsync(await editor.AddCategoryAsync(), "Refund", "Words");
        var help = editor.Get<HelpCentreService>();

        foreach (var text in new[]
        {
            "'; drop table Articles; --", "\"", "refund\" OR \"x", "* ^ ( ) { } : - +", "AND OR NOT NEAR", "a & b | !c <-> d", "\\", "%_",
            "refund' & 'x", new string('x', 5_000), string.Join(' ', Enumerable.Range(0, 500)), "\ud800", "\uffff", "\0", "   ", "́",
            "{{7*7}}", "<script>alert(1)</script>",
        })
        {
            Assert.NotNull(await help.SearchAsync(text, "en", isNoted: true, default));
            Assert.NotNull(await help.SuggestAsync(text, "en", 5, default));
            Assert.NotNull(await editor.Get<ArticleService>().ListAsync(new(text), "en", new(), default));
        }

        Assert.Equal(["Refund"], await editor.FindAsync("refund"));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Search_MarksWhatWasFound_InTheTextAsItIsWritten(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var editor = await data.AsEditorAsync();
        await editor.AddArticleAsync(await editor.AddCategoryAsync(), "Crédito <b>", "Words before. " + new string('x', 300)
            + " Then the crédito, at last, and " + string.Join(' ', Enumerable.Repeat("more", 100)));

        var hit = Assert.Single((await editor.Get<HelpCentreService>().SearchAsync("credit", "en", false, default)).Hits);

        Assert.Equal([("Crédito", true), (" <b>", false)], hit.Title.Select(p => (p.Text, p.IsHit)));
        Assert.Contains(new MarkedText("crédito", true), hit.Extract);
        Assert.InRange(hit.Extract.Sum(p => p.Text.Length), 50, 300);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Suggest_ProposesPublishedArticles_ForAWholeMessage_AndForReply_GivesItsText(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var editor = await data.AsEditorAsync();
        var category = await editor.AddCategoryAsync();
        var refund = await editor.AddArticleAsync(category, "Refund by card", "## How long\n\nThree **days** for a [card](https://x.example).");
        await editor.AddArticleAsync(category, "Track a parcel", "Where your parcel is");
        await editor.AddArticleAsync(category, "Refunds: what we may do", "Goodwill", state: ArticleState.Internal);
        await using var visitor = data.AsNobody();

        var found = await visitor.Get<HelpCentreService>().SuggestAsync(
            "Hello, I sent my shoes back two weeks ago and am still waiting for the refunds on my card. Best regards", "en", 3, default);
        var reply = await visitor.Get<HelpCentreService>().ForReplyAsync(refund.Id, "en", default);

        Assert.Equal("Refund by card", found[0].Title);
        Assert.DoesNotContain(found, f => f.Title.StartsWith("Refunds:", StringComparison.Ordinal));
        Assert.Equal(("Refund by card", "/help/en/orders/refund-by-card", "How long Three days for a card."),
            (reply!.Title, reply.Address, reply.Text));
        Assert.Null(await visitor.Get<HelpCentreService>().ForReplyAsync(refund.Id, "es", default));
        Assert.Empty(await visitor.Get<HelpCentreService>().SuggestAsync("of the and", "en", 3, default));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Suggest_ProposesAFewArticlesThatFit_AndNoneThatOnlyHasAWord(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var editor = await data.AsEditorAsync();
        var category = await editor.AddCategoryAsync();
        await editor.AddArticleAsync(category, "How do I spend my points?", "If you want to use points, choose them before you order.");
        await editor.AddArticleAsync(category, "Send something back", "A return is free. Print the label of your order.",
            summary: "How you return what you do not keep.");
        foreach (var title in new[] { "Change my address", "Pay by card", "Gift vouchers" })
            await editor.AddArticleAsync(category, title, "You find it with your order. If you want to know more, ask us.");
        await using var visitor = data.AsNobody();
        var help = visitor.Get<HelpCentreService>();

        Assert.Equal(["Send something back"], (await help.SuggestAsync("I want to return my order", "en", 20, default)).Select(s => s.Title));
        Assert.Empty(await help.SuggestAsync("My order came with a green dinosaur", "en", 20, default));
        for (var i = 0; i < 7; i++) await editor.AddArticleAsync(category, $"Return by carrier {i}", "Return an order");
        Assert.Equal(HelpCentreService.MostSuggested, (await help.SuggestAsync("How to return an order", "en", 20, default)).Count);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Report_SaysWhatWasSearchedAndSaid_AndNothingPersonal(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var editor = await data.AsEditorAsync();
        var category = await editor.AddCategoryAsync();
        var refund = await editor.AddArticleAsync(category, "Refund");
        var draft = await editor.AddArticleAsync(category, "Draft", state: ArticleState.Draft);
        await using var visitor = data.AsNobody();
        var help = visitor.Get<HelpCentreService>();
        foreach (var text in new[] { "Invoice", "invoice ", "refund", "ada@example.com", "order 123 456 789", "0800 123 456" })
            await help.SearchAsync(text, "en", isNoted: true, default);
        Assert.True(await help.VoteAsync(refund.Id, "en", true, null, default));
        Assert.True(await help.VoteAsync(refund.Id, "en", false, "  No word about <b>cash</b>  ", default));
        Assert.True(await help.VoteAsync(refund.Id, "en", false, "\0", default));
        Assert.False(await help.VoteAsync(draft.Id, "en", true, null, default));

        var report = await editor.Get<HelpReportService>().ReadAsync(default);

        Assert.Equal([("invoice", 2)], report.NotFound.Select(s => (s.Text, s.Times)));
        Assert.Equal(["refund"], report.Found.Select(s => s.Text));
        Assert.Equal((3, 1, 2), (report.Searches, report.Helped, report.DidNot));
        var poor = Assert.Single(report.Poor);
        Assert.Equal(("Refund", 1, 2, "No word about <b>cash</b>"), (poor.Title, poor.Helped, poor.DidNot, Assert.Single(poor.Reasons)));
        Assert.Equal(1, await data.ReadAsync(db => db.ArticleVotes.CountAsync()));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Votes_AtTheSameMoment_AreAllCounted(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var editor = await data.AsEditorAsync();
        var refund = await editor.AddArticleAsync(await editor.AddCategoryAsync(), "Refund");

        await Task.WhenAll(Enumerable.Range(0, 12).Select(async i =>
        {
            await using var visitor = data.AsNobody();
            await visitor.Get<HelpCentreService>().VoteAsync(refund.Id, "en", i % 3 != 0, null, default);
            await visitor.Get<HelpCentreService>().SearchAsync("refund", "en", isNoted: true, default);
        }));

        Assert.Equal((8, 4), await data.ReadAsync(async db => (await db.ArticleVotes.SumAsync(v => v.Helped),
            await db.ArticleVotes.SumAsync(v => v.DidNot))));
        Assert.Equal(12, await data.ReadAsync(db => db.HelpSearches.SumAsync(s => s.Count)));
    }
}

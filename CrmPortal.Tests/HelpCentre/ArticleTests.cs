using CrmPortal.Core.HelpCentre;
using CrmPortal.Core.History;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Jobs;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Tests.HelpCentre;

/// <summary>Articles are written, published, changed, removed and brought back.</summary>
public sealed class ArticleTests
{
    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Article_IsSeenByWhomeverItsStateSays_AndScheduledOnesFromTheirTime(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var editor = await data.AsEditorAsync();
        var orders = await editor.AddCategoryAsync();
        await editor.AddArticleAsync(orders, "Draft", state: ArticleState.Draft);
        await editor.AddArticleAsync(orders, "Internal", state: ArticleState.Internal);
        await editor.AddArticleAsync(orders, "Published");
        await editor.AddArticleAsync(orders, "Scheduled", publishAt: data.Clock.GetUtcNow().AddHours(2));
        await using var visitor = data.AsNobody();
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);

        Assert.Equal(["Published"], await TitlesAsync(visitor));
        Assert.Equal(["Published"], await TitlesAsync(staff));
        Assert.Equal(["Internal", "Published"], await TitlesAsync(agent));
        Assert.Null((await visitor.Get<HelpCentreService>().ArticleAsync("en", "orders", "internal", default)).Page);
        Assert.True((await agent.Get<HelpCentreService>().ArticleAsync("en", "orders", "internal", default)).Page!.IsInternal);
        Assert.Null((await agent.Get<HelpCentreService>().ArticleAsync("en", "orders", "draft", default)).Page);
        Assert.Empty(await visitor.FindAsync("internal"));
        Assert.Equal(["Internal"], await agent.FindAsync("internal"));

        data.Clock.Advance(TimeSpan.FromHours(3));
        Assert.Equal(["Published", "Scheduled"], await TitlesAsync(visitor));

        static async Task<IReadOnlyList<string>> TitlesAsync(TestScope scope) => [.. (await scope.Get<HelpCentreService>()
            .HomeAsync("en", default)).SelectMany(c => c.Articles).Select(a => a.Title)];
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Versions_AreKeptOfEachSavedText_AndOneOfThemIsRestored(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var editor = await data.AsEditorAsync();
        var articles = editor.Get<ArticleService>();
        var article = await editor.AddArticleAsync(await editor.AddCategoryAsync(), "Refunds", "First words");
        article = await editor.ChangeAsync(article, body: "Second words");
        article = await editor.ChangeAsync(article, state: ArticleState.Internal);

        var versions = await articles.VersionsAsync(article.Id, "en", default);
        Assert.Equal(2, versions.Count);
        Assert.Equal("First words", (await articles.VersionAsync(versions[1].Id, default))!.Body);

        var restored = await articles.RestoreAsync(versions[1].Id, article.Version, default);
        Assert.Equal(("First words", ArticleState.Internal), (restored!.Part.In("en")!.Body, restored.Part.State));
        Assert.Equal(3, (await articles.VersionsAsync(article.Id, "en", default)).Count);
        Assert.Equal(["Refunds"], await editor.FindAsync("first"));
        Assert.Empty(await editor.FindAsync("second"));
        Assert.Null(await articles.RestoreAsync(9_999, null, default));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Conflict_OfTwoEditors_IsToldToTheSecond(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var first = await data.AsEditorAsync();
        await using var second = await data.AsEditorAsync();
        var seen = await first.AddArticleAsync(await first.AddCategoryAsync(), "Refunds");
        await first.ChangeAsync(seen, body: "What the first wrote");

        var conflict = await Assert.ThrowsAsync<ConcurrencyConflictException>(() =>
            second.ChangeAsync(seen, title: "What the second wrote"));

        var now = (await second.Get<ArticleService>().GetAsync(seen.Id, default))!;
        Assert.Equal((now.Version, "What the first wrote"), (conflict.CurrentVersion, now.In("en")!.Body));
        // Another language raises the version as well.
        var added = await first.ChangeAsync(now, "Reembolsos", "Palabras", language: "es");
        Assert.True(added.Version > now.Version);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Remove_AndUndo_BringsBackTextsVersionsAddressesAndSearch(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var editor = await data.AsEditorAsync();
        var article = await editor.AddArticleAsync(await editor.AddCategoryAsync(), "Refunds", "Money comes back");
        article = await editor.ChangeAsync(article, "Reembolsos", "El dinero vuelve", language: "es");

        var removed = await editor.Get<ArticleService>().DeleteAsync(article.Id, default);
        Assert.Empty(await editor.FindAsync("money"));
        Assert.Null(await editor.Get<ArticleService>().GetAsync(article.Id, default));
        var undone = await editor.Get<UndoService>().UndoAsync(removed!.Value, false, default);

        Assert.Empty(undone.Kept);
        var back = (await editor.Get<ArticleService>().GetAsync(article.Id, default))!;
        Assert.Equal(["Refunds", "Reembolsos"], back.Texts.Select(t => t.Title));
        Assert.Equal(["Refunds"], await editor.FindAsync("money"));
        Assert.Equal(["Reembolsos"], await editor.FindAsync("dinero", "es"));
        Assert.Single(await editor.Get<ArticleService>().VersionsAsync(article.Id, "en", default));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Undo_OfAnArticleWhoseCategoryIsGone_IsKeptAndSaid(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var editor = await data.AsEditorAsync();
        var category = await editor.AddCategoryAsync();
        var article = await editor.AddArticleAsync(category, "Refunds");
        await Assert.ThrowsAsync<RuleViolationException>(() => editor.Get<ArticleCategoryService>().DeleteAsync(category.Id, default));
        var removed = await editor.Get<ArticleService>().DeleteAsync(article.Id, default);
        var without = await editor.Get<ArticleCategoryService>().DeleteAsync(category.Id, default);

        var undone = await editor.Get<UndoService>().UndoAsync(removed!.Value, false, default);
        Assert.Equal((0, 2), (undone.Undone, undone.Kept.Count));

        await editor.Get<UndoService>().UndoAsync(without!.Value, false, default);
        Assert.Equal("Orders", Assert.Single(await editor.Get<ArticleCategoryService>().ListAsync(default)).Names["en"]);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Slugs_ThatChange_LeadOn_AndAreTakenOnce(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var editor = await data.AsEditorAsync();
        var orders = await editor.AddCategoryAsync();
        var first = await editor.AddArticleAsync(orders, "¿Dónde está mi pedido?");
        var second = await editor.AddArticleAsync(orders, "Donde esta mi pedido");
        Assert.Equal(("donde-esta-mi-pedido", "donde-esta-mi-pedido-2"), (first.In("en")!.Slug, second.In("en")!.Slug));
        await using var visitor = data.AsNobody();
        var help = visitor.Get<HelpCentreService>();

        first = await editor.ChangeAsync(first, slug: "track");
        var renamed = await editor.Get<ArticleCategoryService>().SaveAsync(orders.Id,
            new(new Dictionary<string, string?> { ["en"] = "Parcels" }, "parcels", false), orders.Version, default);

        Assert.Equal("/help/en/parcels/track", (await help.ArticleAsync("en", "orders", "donde-esta-mi-pedido", default)).MovedTo);
        Assert.Equal("/help/en/parcels/track", (await help.ArticleAsync("en", "orders", "track", default)).MovedTo);
        Assert.Equal("/help/en/parcels", (await help.CategoryAsync("en", "orders", default)).MovedTo);
        Assert.NotNull((await help.ArticleAsync("en", "parcels", "track", default)).Page);

        // Whoever takes an old address has it.
        await editor.ChangeAsync(second, slug: "donde-esta-mi-pedido");
        Assert.Equal("/help/en/parcels/donde-esta-mi-pedido",
            (await help.ArticleAsync("en", "parcels", "donde-esta-mi-pedido", default)).Page!.Address);
        var taken = await Assert.ThrowsAsync<RuleViolationException>(() => editor.ChangeAsync(first, slug: "donde-esta-mi-pedido"));
        Assert.True(taken.IsDuplicate);
        Assert.Equal("parcels", renamed!.Part.Slug);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Save_WhatIsWrong_IsSaidByFieldAndLanguage(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var editor = await data.AsEditorAsync();
        var category = await editor.AddCategoryAsync();

        var wrong = await Assert.ThrowsAsync<RuleViolationException>(() => editor.Get<ArticleService>().SaveAsync(null, new(category.Id + 5,
            ArticleState.Draft, null, -1, [new("en", " ", "Not A Slug!", null, "x"), new("es", "Hola", "search", null, "\0"),
                new("xx", "a", null, null, "b")]), null, default));

        Assert.Equal(["CategoryId", "Language", "Position", "en.Slug", "en.Title", "es.Body", "es.Slug"],
            wrong.Errors.Select(e => e.Field).Distinct().Order(StringComparer.Ordinal));
        Assert.Equal(0, await data.ReadAsync(db => db.Articles.CountAsync()));
        await Assert.ThrowsAsync<RuleViolationException>(() => editor.Get<ArticleService>().SaveAsync(null, new(category.Id,
            ArticleState.Draft, null, null, []), null, default));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task List_IsFilteredByWordsStateCategoryAndMissingLanguage(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var editor = await data.AsEditorAsync();
        var (orders, points) = (await editor.AddCategoryAsync("Orders", "Pedidos"), await editor.AddCategoryAsync("Points"));
        var both = await editor.AddArticleAsync(orders, "Track a parcel");
        await editor.ChangeAsync(both, "Seguir un paquete", "Palabras", language: "es");
        data.Clock.Advance(TimeSpan.FromMinutes(1));
        await editor.AddArticleAsync(points, "Collect points", state: ArticleState.Draft);

        Assert.Equal(["Collect points", "Track a parcel"], await TitlesAsync(new()));
        Assert.Equal(["Track a parcel"], await TitlesAsync(new("PARC")));
        Assert.Equal(["Track a parcel"], await TitlesAsync(new("paquet")));
        Assert.Equal(["Collect points"], await TitlesAsync(new(CategoryId: points.Id)));
        Assert.Equal(["Collect points"], await TitlesAsync(new(Standing: ArticleStanding.Draft)));
        Assert.Equal(["Track a parcel"], await TitlesAsync(new(Standing: ArticleStanding.Published)));
        Assert.Equal(["Collect points"], await TitlesAsync(new(MissingIn: "es")));
        Assert.Equal(["Track a parcel"], await TitlesAsync(new(Language: "es")));
        Assert.Empty(await TitlesAsync(new("?!")));
        var row = (await editor.Get<ArticleService>().ListAsync(new(Language: "es"), "es", new(), default)).Items[0];
        Assert.Equal(("Seguir un paquete", "Pedidos"), (row.Title, row.Category));
        Assert.Empty(row.Missing);

        async Task<IReadOnlyList<string>> TitlesAsync(ArticleQuery query)
        {
            var found = (await editor.Get<ArticleService>().ListAsync(query, "en", new(), default)).Items;
            Assert.Equal(found.Count, await editor.Get<ArticleService>().CountAsync(query, default));
            return [.. found.Select(r => r.Title)];
        }
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task CleanUp_RemovesOldSearchesAndWhatIsLeftOfArticles_ThatNobodyCanBringBack(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var editor = await data.AsEditorAsync();
        var category = await editor.AddCategoryAsync();
        var gone = await editor.AddArticleAsync(category, "Gone");
        var stays = await editor.AddArticleAsync(category, "Stays");
        await using var visitor = data.AsNobody();
        await visitor.Get<HelpCentreService>().VoteAsync(gone.Id, "en", false, "Bad", default);
        await visitor.Get<HelpCentreService>().SearchAsync("something else", "en", true, default);
        await editor.Get<ArticleService>().DeleteAsync(gone.Id, default);
        var cleanUp = editor.Services.GetServices<IJobHandler>().OfType<HelpCleanUp>().Single();

        data.Clock.Advance(TimeSpan.FromDays(20));
        await cleanUp.RunAsync(0, new Progress<JobProgress>(), default);
        Assert.Equal((2, 1, 1), await CountsAsync());

        data.Clock.Advance(TimeSpan.FromDays(170));
        await cleanUp.RunAsync(0, new Progress<JobProgress>(), default);
        Assert.Equal((1, 0, 0), await CountsAsync());
        Assert.NotNull(await data.ReadAsync(db => db.Articles.FirstOrDefaultAsync(a => a.Id == stays.Id)));

        async Task<(int Versions, int Votes, int Searches)> CountsAsync() => (await data.ReadAsync(db => db.ArticleVersions.CountAsync()),
            await data.ReadAsync(db => db.ArticleVotes.CountAsync()), await data.ReadAsync(db => db.HelpSearches.CountAsync()));
    }
}

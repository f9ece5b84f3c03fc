using System.ComponentModel;
using CrmPortal.Api;
using CrmPortal.Api.Contracts;
using CrmPortal.Core.HelpCentre;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Features.Customers;
using Microsoft.AspNetCore.Http.HttpResults;

namespace CrmPortal.Features.HelpCentre;

/// <summary>Articles of the help centre for programs. What is published is on its public pages for everybody.</summary>
internal static class ArticleEndpoints
{
    private const string NotFound = "Article not found";
    private const string ById = @"/{articleId:regex(^\d+$)}";
    private const int UsualLimit = 20;

    private const string Readers =
        "Published articles need one of these; internal ones tickets.work or articles.edit, drafts and scheduled ones articles.edit.";

    public static void MapArticles(this RouteGroupBuilder api)
    {
        var articles = api.MapGroup("/articles").WithTags("Help centre");
        articles.MapGet("/", ListAsync).WithName("ListArticles")
            .WithSummary("List the articles of the help centre that you may read, those that were changed last first")
            .WithDescription(Readers).NeedsAnyPermission(Permissions.ArticlesEdit, Permissions.TicketsWork, Permissions.CustomersView)
            .WithExample(null, 200, ArticleExamples.List).AnswersProblems(400, 401, 403, 429, 500, 503);
        articles.MapGet("/categories", CategoriesAsync)
            .Documented("ListArticleCategories", "List the categories of articles in their order", Permissions.ArticlesEdit, null, 200,
                ArticleExamples.Categories);
        articles.MapGet("/suggestions", SuggestAsync)
            .Documented("SuggestArticles", "Propose published articles for what somebody writes, the best first", Permissions.CustomersView,
                null, 200, ArticleExamples.Suggestions);
        articles.MapGet(ById, GetAsync).WithName("GetArticle").WithSummary("Get an article in all its languages")
            .WithDescription(Readers).NeedsAnyPermission(Permissions.ArticlesEdit, Permissions.TicketsWork, Permissions.CustomersView)
            .WithExample(null, 200, ArticleExamples.Article).AnswersTagged(isConditional: true)
            .AnswersProblems(400, 401, 403, 404, 429, 500, 503);
        articles.MapPost("/", CreateAsync)
            .Documented("CreateArticle", "Write an article", Permissions.ArticlesEdit, ArticleExamples.Input, 201, ArticleExamples.Article);
        articles.MapPut(ById, ChangeAsync)
            .Documented("ReplaceArticle", "Change an article; absent fields and languages stay as they are", Permissions.ArticlesEdit,
                ArticleExamples.Input, 200, ArticleExamples.Article).AnswersProblems(412);
        articles.MapDelete(ById, DeleteAsync)
            .Documented("DeleteArticle", "Delete an article in all its languages", Permissions.ArticlesEdit, null, 200,
                CustomerPartExamples.Done("Article deleted successfully."));
    }

    private static async Task<Ok<ListAnswer<ArticleListAnswer>>> ListAsync(int? page, int? limit,
        [Description("Words that occur in the article.")] string? q, [Description("The id of a category.")] long? categoryId,
        [Description("draft, internal, scheduled or published.")] string? state,
        [Description("Those that are written in this language.")] string? language, HttpContext http, ArticleService articles,
        CancellationToken cancellationToken)
    {
        var wanted = http.Contract().Paging.Page(page, limit, UsualLimit);
        var query = new ArticleQuery(Storable(q, "q"), categoryId, StandingOf(state), LanguageOf(language));
        var found = await articles.ListAsync(query, language ?? HelpLanguages.Usual, wanted, cancellationToken);
        return TypedResults.Ok(ListAnswer<ArticleListAnswer>.Of(http, [.. found.Items.Select(ArticleListAnswer.Of)], wanted.Number,
            wanted.Size, await articles.CountAsync(query, cancellationToken)));
    }

    private static async Task<Ok<IReadOnlyList<ArticleCategoryAnswer>>> CategoriesAsync(ArticleCategoryService categories,
        CancellationToken cancellationToken) => TypedResults.Ok<IReadOnlyList<ArticleCategoryAnswer>>(
            [.. (await categories.ListAsync(cancellationToken)).Select(ArticleCategoryAnswer.Of)]);

    private static async Task<Ok<IReadOnlyList<SuggestionAnswer>>> SuggestAsync(
        [Description("A question or a whole message.")] string text, [Description("The language of the articles.")] string? language,
        HelpCentreService help, CancellationToken cancellationToken, [Description("From 1 to 5.")] int limit = 5)
    {
        if (limit is < 1 or > HelpCentreService.MostSuggested)
            throw new RuleViolationException("Limit", "The limit must be between 1 and {0}.", HelpCentreService.MostSuggested);
        var found = await help.SuggestAsync(Storable(text, "text"), LanguageOf(language) ?? HelpLanguages.Usual, limit, cancellationToken);
        return TypedResults.Ok<IReadOnlyList<SuggestionAnswer>>([.. found.Select(s => new SuggestionAnswer(s.Id, s.Title, s.Summary,
            s.Address))]);
    }

    private static async Task<Results<Ok<ArticleAnswer>, StatusCodeHttpResult>> GetAsync(
        [Description("The id of the article.")] long articleId, HttpContext http, ArticleService articles,
        CancellationToken cancellationToken)
    {
        var article = await articles.GetAsync(articleId, cancellationToken) ?? throw ApiException.NotFound(NotFound);
        return EntityTags.Answer(http, article.Version, ArticleAnswer.Of(article));
    }

    private static async Task<Created<ArticleAnswer>> CreateAsync(ArticleBody body, HttpContext http, ArticleService articles,
        CancellationToken cancellationToken)
    {
        var made = (await articles.SaveAsync(null, body.On(null), null, cancellationToken))!.Part;
        return TypedResults.Created(string.Create(System.Globalization.CultureInfo.InvariantCulture,
            $"{ApiSetup.Root}{http.Contract().Prefix}/articles/{made.Id}"), ArticleAnswer.Of(made));
    }

    private static async Task<Ok<ArticleAnswer>> ChangeAsync([Description("The id of the article.")] long articleId, ArticleBody body,
        HttpContext http, ArticleService articles, CancellationToken cancellationToken)
    {
        var present = await articles.GetAsync(articleId, cancellationToken) ?? throw ApiException.NotFound(NotFound);
        var expected = await EntityTags.ExpectedAsync(http.Request, async () =>
            (await articles.GetAsync(articleId, cancellationToken))?.Version);
        var changed = await articles.SaveAsync(articleId, body.On(present), expected ?? present.Version, cancellationToken)
            ?? throw ApiException.NotFound(NotFound);
        return TypedResults.Ok(ArticleAnswer.Of(changed.Part));
    }

    private static async Task<Ok<DoneAnswer>> DeleteAsync([Description("The id of the article.")] long articleId, ArticleService articles,
        CancellationToken cancellationToken)
    {
        _ = await articles.DeleteAsync(articleId, cancellationToken) ?? throw ApiException.NotFound(NotFound);
        return TypedResults.Ok(new DoneAnswer("Article deleted successfully."));
    }

    private static string? Storable(string? text, string field) => text is not null && StoredText.IsUnstorable(text)
        ? throw new RuleViolationException(field, "This contains a character that cannot be stored.") : text;

    private static ArticleStanding? StandingOf(string? state) => string.IsNullOrWhiteSpace(state) ? null
        : Enum.TryParse<ArticleStanding>(state, true, out var standing) && Enum.IsDefined(standing) ? standing
            : throw new RuleViolationException("State", "Choose a state.");

    private static string? LanguageOf(string? language) => string.IsNullOrWhiteSpace(language) ? null
        : HelpLanguages.IsOne(language) ? language : throw new RuleViolationException("Language", "This language is not available.");
}

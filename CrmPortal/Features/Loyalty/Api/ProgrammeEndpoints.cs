using System.ComponentModel;
using System.Globalization;
using CrmPortal.Api;
using CrmPortal.Core.Loyalty;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Features.Customers;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace CrmPortal.Features.Loyalty;

/// <summary>The rules of the loyalty programme for programs: one version holds, drafts wait, the others are history.</summary>
internal static class ProgrammeEndpoints
{
    private const string NotFound = "Version not found";
    private const string ById = @"/{programmeId:regex(^\d+$)}";

    public static void MapProgramme(this RouteGroupBuilder api)
    {
        var programme = api.MapGroup("/loyalty/programme").WithTags("Loyalty programme");
        programme.MapGet("", CurrentAsync)
            .Documented("GetProgramme", "Get the version of the programme that holds", Permissions.CustomersView, null, 200,
                ProgrammeExamples.Active);
        programme.MapGet("/versions", ListAsync)
            .Documented("ListProgrammeVersions", "List the versions: the active one, drafts, then those before", Permissions.CustomersView,
                null, 200, $"[{ProgrammeExamples.Active}]");
        programme.MapPost("/versions", DraftAsync)
            .Documented("DraftProgramme", "Make a draft; rules that are absent have their usual value", Permissions.ProgrammeEdit,
                ProgrammeExamples.Input, 201, ProgrammeExamples.Draft);
        programme.MapGet("/versions" + ById, GetAsync)
            .Documented("GetProgrammeVersion", "Get a version", Permissions.CustomersView, null, 200, ProgrammeExamples.Draft)
            .AnswersTagged(isConditional: true);
        programme.MapPut("/versions" + ById, ChangeAsync)
            .Documented("ReplaceProgrammeDraft", "Change a draft", Permissions.ProgrammeEdit, ProgrammeExamples.Input, 200,
                ProgrammeExamples.Draft).AnswersTagged(isConditional: false);
        programme.MapPost("/versions" + ById + "/activate", ActivateAsync)
            .Documented("ActivateProgramme", "Put a draft in force; bookings follow it from now on", Permissions.ProgrammeEdit, null, 200,
                ProgrammeExamples.Active);
        programme.MapDelete("/versions" + ById, DiscardAsync)
            .Documented("DiscardProgrammeDraft", "Throw a draft away", Permissions.ProgrammeEdit, null, 200,
                CustomerPartExamples.Done("Draft removed."));
        api.MapGet("/loyalty/liability", LiabilityAsync).WithTags("Loyalty programme")
            .Documented("GetLiability", "Get what the points that are out may cost, and when they expire", Permissions.ReportsView, null,
                200, ProgrammeExamples.Liability);
    }

    private static async Task<Ok<ProgrammeAnswer>> CurrentAsync(ProgrammeService programmes, CancellationToken cancellationToken) =>
        TypedResults.Ok(ProgrammeAnswer.Of(await programmes.CurrentAsync(cancellationToken)));

    private static async Task<Ok<IReadOnlyList<ProgrammeAnswer>>> ListAsync(ProgrammeService programmes,
        CancellationToken cancellationToken) => TypedResults.Ok<IReadOnlyList<ProgrammeAnswer>>(
            [.. (await programmes.ListAsync(cancellationToken)).Select(ProgrammeAnswer.Of)]);

    private static async Task<Results<Ok<ProgrammeAnswer>, StatusCodeHttpResult>> GetAsync(
        [Description("The id of the version.")] long programmeId, HttpContext http, ProgrammeService programmes,
        CancellationToken cancellationToken)
    {
        var found = await programmes.GetAsync(programmeId, cancellationToken) ?? throw ApiException.NotFound(NotFound);
        return EntityTags.Answer(http, found.Version, ProgrammeAnswer.Of(found));
    }

    private static async Task<Created<ProgrammeAnswer>> DraftAsync(ProgrammeBody body, ProgrammeService programmes,
        CancellationToken cancellationToken)
    {
        var made = (await programmes.SaveDraftAsync(null, body.Name, body.Rules ?? new(), null, cancellationToken))!.Part;
        return TypedResults.Created(string.Create(CultureInfo.InvariantCulture, $"{ApiSetup.Root}/loyalty/programme/versions/{made.Id}"),
            ProgrammeAnswer.Of(made));
    }

    private static async Task<Ok<ProgrammeAnswer>> ChangeAsync([Description("The id of the draft.")] long programmeId, ProgrammeBody body,
        HttpContext http, ProgrammeService programmes, CancellationToken cancellationToken)
    {
        var present = await programmes.GetAsync(programmeId, cancellationToken) ?? throw ApiException.NotFound(NotFound);
        var expected = await EntityTags.ExpectedAsync(http.Request,
            async () => (await programmes.GetAsync(programmeId, cancellationToken))?.Version);
        var changed = await programmes.SaveDraftAsync(programmeId, body.Name ?? present.Name, body.Rules ?? present.Rules,
            expected ?? present.Version, cancellationToken)
            ?? throw new RuleViolationException("", "Only a draft can be changed.") { IsRefusal = true };
        var answer = ProgrammeAnswer.Of(changed.Part);
        http.Response.Headers.ETag = EntityTags.Tag(http, changed.Part.Version, answer);
        return TypedResults.Ok(answer);
    }

    private static async Task<Ok<ProgrammeAnswer>> ActivateAsync([Description("The id of the draft.")] long programmeId,
        ProgrammeService programmes, CancellationToken cancellationToken) => TypedResults.Ok(ProgrammeAnswer.Of(
            await programmes.ActivateAsync(programmeId, cancellationToken) ?? throw ApiException.NotFound("Draft not found")));

    private static async Task<Ok<DoneAnswer>> DiscardAsync([Description("The id of the draft.")] long programmeId,
        ProgrammeService programmes, CancellationToken cancellationToken)
    {
        _ = await programmes.DiscardAsync(programmeId, cancellationToken) ?? throw ApiException.NotFound("Draft not found");
        return TypedResults.Ok(new DoneAnswer("Draft removed."));
    }

    private static async Task<Ok<LiabilityAnswer>> LiabilityAsync(LiabilityService liability, IOptions<ShopOptions> shop,
        CancellationToken cancellationToken) =>
        TypedResults.Ok(LiabilityAnswer.Of(await liability.LiabilityAsync(cancellationToken), shop.Value.Currency));
}

/// <summary>A draft of the programme.</summary>
internal sealed record ProgrammeBody
{
    public string? Name { get; init; }

    [Description("All rules of the version; one that is absent has its usual value.")]
    public ProgrammeRules? Rules { get; init; }
}

/// <summary>A version of the programme.</summary>
internal sealed record ProgrammeAnswer(long Id, ProgrammeState State, string Name, ProgrammeRules Rules, DateTimeOffset CreatedAt,
    string CreatedBy, DateTimeOffset? ActivatedAt, string? ActivatedBy, long Version)
{
    public static ProgrammeAnswer Of(ProgrammeDetails p) => new(p.Id, p.State, p.Name, p.Rules, p.CreatedAt, p.CreatedByName,
        p.ActivatedAt, p.ActivatedByName, p.Version);
}

/// <summary>What the points that are out may cost, in the shop's currency.</summary>
/// <param name="Points">Points that can still be spent.</param>
/// <param name="Full">If all of them are spent.</param>
/// <param name="Expected">If as many of them are spent as before.</param>
/// <param name="Breakage">Points that are expected to expire.</param>
/// <param name="ExpectedRate">The part of points that is spent, from 0 to 1.</param>
internal sealed record LiabilityAnswer(DateTimeOffset At, long Points, decimal PointValue, decimal Full, decimal Expected, long Breakage,
    decimal ExpectedRate)
{
    public static LiabilityAnswer Of(LoyaltyLiability l, string currency) => new(l.At, l.Left, l.PointValue,
        Money.ToDecimal(l.Full, currency), Money.ToDecimal(l.Expected, currency), l.Breakage, l.ExpectedRate);
}

/// <summary>What the API's description shows of the programme.</summary>
internal static class ProgrammeExamples
{
    public const string Rules = """
        { "points_per_unit": 1, "expiry": "after_days", "expiry_days": 365, "point_value": 0.01,
          "tiers": [ { "code": "bronze", "name": "Bronze", "threshold": 0 }, { "code": "silver", "name": "Silver", "threshold": 1000 } ] }
        """;

    public const string Input = $$"""{ "name": "Spring", "rules": {{Rules}} }""";

    public const string Active = $$"""
        { "id": 1, "state": "active", "name": "Standard", "rules": {{Rules}}, "created_at": "2026-01-01T00:00:00Z", "created_by": "System",
          "activated_at": "2026-01-01T00:00:00Z", "activated_by": "System", "version": 1 }
        """;

    public const string Draft = $$"""
        { "id": 2, "state": "draft", "name": "Spring", "rules": {{Rules}}, "created_at": "2026-01-31T09:30:00Z", "created_by": "Ada Manager",
          "activated_at": null, "activated_by": null, "version": 1 }
        """;

    public const string Liability = """
        { "at": "2026-01-31T09:30:00Z", "points": 120000, "point_value": 0.01, "full": 1200.00, "expected": 900.00, "breakage": 30000,
          "expected_rate": 0.75 }
        """;
}

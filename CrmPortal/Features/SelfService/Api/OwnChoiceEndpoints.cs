using System.Net.Mime;
using CrmPortal.Api;
using CrmPortal.Core.Consents;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Loyalty;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.SelfService;
using CrmPortal.Features.Consents;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace CrmPortal.Features.SelfService;

/// <summary>What customers decide for themselves: consents, rewards for their points, and a copy of their data.</summary>
internal static class OwnChoiceEndpoints
{
    private const string Consents = """
        {
          "current": [ { "purpose": "marketing", "channel": "email", "state": "granted", "since": "2026-02-03T10:15:00Z" } ],
          "wordings": [ { "purpose": "marketing", "text": "I want to hear of offers." } ]
        }
        """;

    private const string Reward = """
        { "id": 3, "name": "Cup of coffee", "description": "In the shop, with a biscuit.", "price": 150, "refusal": null }
        """;

    private const string Code = """
        { "id": 12, "reward_id": 3, "name": "Cup of coffee", "code": "E68CFZM4J4", "points": 150, "state": "issued", "at": "2026-01-31T09:30:00Z", "expires_at": "2026-03-02T00:00:00Z" }
        """;

    public static void MapOwnChoices(this RouteGroupBuilder shop)
    {
        var own = shop.MapGroup("/customers/me").WithTags("Self-service");
        own.MapGet("/consents", ConsentsAsync).NeedsOwnAccount()
            .Documented("ShopListOwnConsents", "List what you have agreed to, and the words to agree to", null, 200, Consents);
        own.MapPut("/consents", SetAsync).NeedsOwnAccount()
            .Documented("ShopSetOwnConsents", "Give or withdraw consents; those that are not named stay",
                """{ "consents": [ { "purpose": "marketing", "channel": "email", "is_given": false } ] }""", 200, Consents);
        own.MapGet("/rewards", RewardsAsync).NeedsOwnAccount()
            .Documented("ShopListOwnRewards", "List the rewards that there are for points, and why you cannot have one", null, 200,
                $"[{Reward}]");
        own.MapPost(@"/rewards/{rewardId:regex(^\d+$)}/redeem", RedeemAsync).NeedsOwnAccount()
            .Documented("ShopRedeemOwnReward", "Take a reward for your points", null, 201, Code);
        own.MapGet("/rewards/codes", CodesAsync).NeedsOwnAccount()
            .Documented("ShopListOwnCodes", "List the codes of your newest rewards", null, 200, $"[{Code}]");
        own.MapGet("/export", ExportAsync).NeedsOwnAccount().WithName("ShopExportOwnData")
            .WithSummary("Download a copy of what is kept of you").WithExample(null, 200, PersonalDataEndpoints.Copy)
            .Produces<object>(StatusCodes.Status200OK, MediaTypeNames.Application.Json)
            .AnswersProblems(400, 401, 403, 404, 429, 500, 503);
    }

    private static async Task<Ok<OwnConsentsAnswer>> ConsentsAsync(ConsentSelfService consents, CancellationToken cancellationToken) =>
        TypedResults.Ok(OwnConsentsAnswer.Of(await consents.OwnAsync(cancellationToken)));

    private static async Task<Ok<OwnConsentsAnswer>> SetAsync(OwnConsentsBody body, HttpContext http, ConsentSelfService consents,
        CancellationToken cancellationToken)
    {
        if (body.Consents.Count > OwnConsentsBody.Most)
            throw new RuleViolationException(nameof(body.Consents), "At most {0} consents can be set at once.", OwnConsentsBody.Most);
        var choices = body.Consents.Select(c => new OwnConsentChoice(c.Purpose, c.Channel, c.IsGiven)).ToList();
        if (!await consents.SetOwnAsync(choices, OwnEvidence.Of(http, "API"), cancellationToken))
            throw new RuleViolationException(nameof(body.Consents), "There are no words to agree to.");
        return TypedResults.Ok(OwnConsentsAnswer.Of(await consents.OwnAsync(cancellationToken)));
    }

    private static async Task<Ok<IReadOnlyList<OwnRewardAnswer>>> RewardsAsync(CustomerProfileService profiles, RewardService rewards,
        CancellationToken cancellationToken)
    {
        var offers = await rewards.OffersAsync(await OwnAsync(profiles, cancellationToken), cancellationToken) ?? [];
        return TypedResults.Ok<IReadOnlyList<OwnRewardAnswer>>([.. offers.Select(OwnRewardAnswer.Of)]);
    }

    private static async Task<Created<OwnCodeAnswer>> RedeemAsync(long rewardId, HttpContext http, CustomerProfileService profiles,
        RewardService rewards, IOptions<SelfServiceOptions> settings, CancellationToken cancellationToken)
    {
        var own = await OwnAsync(profiles, cancellationToken);
        if (!settings.Value.RedeemRewards) throw new RuleViolationException("", "Ask for it in the shop.") { IsRefusal = true };
        var redeemed = await rewards.RedeemAsync(own, rewardId, cancellationToken) ?? throw ApiException.NotFound("Reward not found");
        return TypedResults.Created(http.Request.PathBase + "/api/customers/customers/me/rewards/codes", OwnCodeAnswer.Of(redeemed));
    }

    private static async Task<Ok<IReadOnlyList<OwnCodeAnswer>>> CodesAsync(CustomerProfileService profiles, RewardService rewards,
        CancellationToken cancellationToken)
    {
        var own = await OwnAsync(profiles, cancellationToken);
        var codes = await rewards.RedemptionsAsync(new(CustomerId: own), new(1, PageRequest.LargestSize), cancellationToken);
        return TypedResults.Ok<IReadOnlyList<OwnCodeAnswer>>([.. codes.Items.Select(OwnCodeAnswer.Of)]);
    }

    private static async Task ExportAsync(HttpContext http, CustomerProfileService profiles, PersonalDataService data,
        CancellationToken cancellationToken)
    {
        if (!await PersonalDataAnswer.WriteAsync(http, data, await OwnAsync(profiles, cancellationToken)))
            throw ApiException.NotFound("Customer not found");
    }

    private static async Task<long> OwnAsync(CustomerProfileService profiles, CancellationToken cancellationToken) =>
        await profiles.OwnIdAsync(cancellationToken) ?? throw ApiException.NotFound("This account belongs to no customer.");
}

/// <summary>What holds, and the words to agree to.</summary>
internal sealed record OwnConsentsAnswer(IReadOnlyList<CurrentConsentAnswer> Current, IReadOnlyList<OwnWordingAnswer> Wordings)
{
    public static OwnConsentsAnswer Of(OwnConsents own) =>
        new([.. own.Current.Select(c => new CurrentConsentAnswer(c.Purpose, c.Channel, c.State, c.At))],
            [.. own.Wordings.OrderBy(w => w.Key).Select(w => new OwnWordingAnswer(w.Key, w.Value))]);
}

/// <summary>What is agreed to, in the customer's language or the nearest to it.</summary>
internal sealed record OwnWordingAnswer(ConsentPurpose Purpose, string Text);

/// <summary>The choices of a customer.</summary>
internal sealed record OwnConsentsBody
{
    internal const int Most = 50;

    public required IReadOnlyList<OwnConsentBody> Consents { get; init; }
}

/// <summary>A choice.</summary>
internal sealed record OwnConsentBody
{
    public required ConsentPurpose Purpose { get; init; }
    public required Channel Channel { get; init; }
    public required bool IsGiven { get; init; }
}

/// <summary>A reward as it is for the customer.</summary>
/// <param name="Price">In points.</param>
/// <param name="Refusal">Why they cannot have it now; null where they can.</param>
internal sealed record OwnRewardAnswer(long Id, string Name, string? Description, long Price, string? Refusal)
{
    public static OwnRewardAnswer Of(RewardOffer o) => new(o.Reward.Id, o.Reward.Name, o.Reward.Description, o.Reward.Price,
        o.Refusal is { } refusal ? string.Format(System.Globalization.CultureInfo.InvariantCulture, refusal.Message, refusal.Arguments)
            : null);
}

/// <summary>A reward that was taken.</summary>
/// <param name="Points">What it cost.</param>
/// <param name="ExpiresAt">From when on its code is no longer good.</param>
internal sealed record OwnCodeAnswer(long Id, long RewardId, string Name, string Code, long Points, RedemptionState State,
    DateTimeOffset At, DateTimeOffset? ExpiresAt)
{
    public static OwnCodeAnswer Of(RedemptionDetails r) => new(r.Id, r.RewardId, r.RewardName, r.Code, r.Points, r.State, r.At,
        r.ExpiresAt);
}

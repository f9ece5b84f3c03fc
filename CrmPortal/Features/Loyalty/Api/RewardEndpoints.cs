using System.ComponentModel;
using System.Globalization;
using CrmPortal.Api;
using CrmPortal.Api.Contracts;
using CrmPortal.Core.Loyalty;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Features.Customers;
using Microsoft.AspNetCore.Http.HttpResults;

namespace CrmPortal.Features.Loyalty;

/// <summary>What is given for points, and what was, for programs.</summary>
internal static class RewardEndpoints
{
    private const string NotFound = "Reward not found";
    private const string NoCode = "Redemption not found";
    private const string ById = @"/{rewardId:regex(^\d+$)}";
    private const string OneCode = @"/{redemptionId:regex(^\d+$)}";

    public static void MapRewards(this RouteGroupBuilder api)
    {
        var rewards = api.MapGroup("/loyalty/rewards").WithTags("Rewards");
        rewards.MapGet("", ListAsync)
            .Documented("ListRewards", "List the rewards by name", Permissions.CustomersView, null, 200, $"[{RewardExamples.Reward}]");
        rewards.MapPost("", CreateAsync)
            .Documented("CreateReward", "Add a reward", Permissions.ProgrammeEdit, RewardExamples.Input, 201, RewardExamples.Reward);
        rewards.MapPut(ById, ChangeAsync)
            .Documented("ReplaceReward", "Change a reward; absent fields stay as they are", Permissions.ProgrammeEdit, RewardExamples.Input,
                200, RewardExamples.Reward).AnswersProblems(412);
        rewards.MapPost(ById + "/archive", ArchiveAsync)
            .Documented("ArchiveReward", "Offer a reward no longer, or again", Permissions.ProgrammeEdit, """{ "is_archived": true }""",
                200, RewardExamples.Reward);
        var codes = api.MapGroup("/loyalty/redemptions").WithTags("Rewards");
        codes.MapGet("", CodesAsync)
            .Documented("ListRedemptions", "List the rewards that were taken, newest first", Permissions.CustomersView, null, 200,
                RewardExamples.Codes);
        codes.MapPost("", RedeemAsync)
            .Documented("RedeemReward", "Give a customer a reward for their points", Permissions.LoyaltyRedeem,
                """{ "customer_id": 12, "reward_id": 3 }""", 201, RewardExamples.Code);
        codes.MapPost(OneCode + "/use", UseAsync)
            .Documented("UseRedemption", "Note that the thing was handed out for its code", Permissions.LoyaltyRedeem, null, 200,
                RewardExamples.Code);
        codes.MapPost(OneCode + "/cancel", CancelAsync)
            .Documented("CancelRedemption", "Take a redemption back: the points return to the customer", Permissions.LoyaltyRedeem, null,
                200, RewardExamples.Code);
    }

    private static async Task<Ok<IReadOnlyList<RewardDetails>>> ListAsync(RewardService rewards, CancellationToken cancellationToken,
        [Description("Also those that are no longer offered.")] bool archived = false) =>
        TypedResults.Ok(await rewards.ListAsync(archived, cancellationToken));

    private static async Task<Created<RewardDetails>> CreateAsync(RewardBody body, RewardService rewards,
        CancellationToken cancellationToken)
    {
        var made = (await rewards.SaveAsync(null, body.On(null), null, cancellationToken))!.Part;
        return TypedResults.Created(string.Create(CultureInfo.InvariantCulture, $"{ApiSetup.Root}/loyalty/rewards/{made.Id}"), made);
    }

    private static async Task<Ok<RewardDetails>> ChangeAsync([Description("The id of the reward.")] long rewardId, RewardBody body,
        HttpContext http, RewardService rewards, CancellationToken cancellationToken)
    {
        var expected = await EntityTags.ExpectedAsync(http.Request,
            async () => (await FindAsync(rewards, rewardId, cancellationToken)).Version);
        // A redemption takes from the stock in between; what is not named stays as that left it.
        var changed = await CustomerPartEndpoints.JoinedAsync(async () =>
        {
            var present = await FindAsync(rewards, rewardId, cancellationToken);
            return await rewards.SaveAsync(rewardId, body.On(present), expected ?? present.Version, cancellationToken)
                ?? throw ApiException.NotFound(NotFound);
        });
        return TypedResults.Ok(changed.Part);
    }

    private static async Task<Ok<RewardDetails>> ArchiveAsync([Description("The id of the reward.")] long rewardId, ArchiveBody body,
        RewardService rewards, CancellationToken cancellationToken) => TypedResults.Ok(
            (await rewards.ArchiveAsync(rewardId, body.IsArchived, cancellationToken) ?? throw ApiException.NotFound(NotFound)).Part);

    private static async Task<Ok<ListAnswer<RedemptionAnswer>>> CodesAsync(int? page, int? limit,
        [Description("A code, or how it begins.")] string? search, [Description("issued, used or cancelled.")] string? state,
        [Description("The id of a customer.")] long? customer_id, HttpContext http, RewardService rewards,
        CancellationToken cancellationToken)
    {
        var wanted = http.Contract().Paging.Page(page, limit, ListQuery.UsualLimit);
        var query = new RedemptionQuery(search, QueryWord.Read<RedemptionState>(nameof(state), state), customer_id);
        var found = await rewards.RedemptionsAsync(query, wanted, cancellationToken);
        return TypedResults.Ok(ListAnswer<RedemptionAnswer>.Of(http, [.. found.Items.Select(RedemptionAnswer.Of)], wanted.Number,
            wanted.Size, await rewards.CountRedemptionsAsync(query, cancellationToken)));
    }

    private static async Task<Created<RedemptionAnswer>> RedeemAsync(RedeemRewardBody body, RewardService rewards,
        CancellationToken cancellationToken)
    {
        var redeemed = await rewards.RedeemAsync(body.CustomerId, body.RewardId, cancellationToken)
            ?? throw ApiException.NotFound("Customer or reward not found");
        return TypedResults.Created((string?)null, RedemptionAnswer.Of(redeemed));
    }

    private static async Task<Ok<RedemptionAnswer>> UseAsync([Description("The id of the redemption.")] long redemptionId,
        RewardService rewards, CancellationToken cancellationToken) => TypedResults.Ok(RedemptionAnswer.Of(
            await rewards.UseAsync(redemptionId, cancellationToken) ?? throw ApiException.NotFound(NoCode)));

    private static async Task<Ok<RedemptionAnswer>> CancelAsync([Description("The id of the redemption.")] long redemptionId,
        RewardService rewards, CancellationToken cancellationToken) => TypedResults.Ok(RedemptionAnswer.Of(
            await rewards.CancelAsync(redemptionId, cancellationToken) ?? throw ApiException.NotFound(NoCode)));

    private static async Task<RewardDetails> FindAsync(RewardService rewards, long id, CancellationToken cancellationToken) =>
        (await rewards.ListAsync(true, cancellationToken)).FirstOrDefault(r => r.Id == id) ?? throw ApiException.NotFound(NotFound);
}

/// <summary>A reward as a program makes or changes it: a field that is absent stays as it is, null clears it.</summary>
internal sealed record RewardBody
{
    public Optional<string?> Name { get; init; }
    public Optional<string?> Description { get; init; }

    [Description("In points.")]
    public Optional<long?> Price { get; init; }

    [Description("How many there are; null where there is no end of them.")]
    public Optional<long?> Stock { get; init; }

    public Optional<DateOnly?> From { get; init; }
    public Optional<DateOnly?> Until { get; init; }

    [Description("The code of the tier from which on it is offered.")]
    public Optional<string?> LowestTier { get; init; }

    [Description("For how many days its code is good.")]
    public Optional<int?> CodeDays { get; init; }

    public RewardInput On(RewardDetails? present) => new()
    {
        Name = Name.Or(present?.Name), Description = Description.Or(present?.Description), Price = Price.Or(present?.Price) ?? 0,
        Stock = Stock.Or(present?.Stock), From = From.Or(present?.From), Until = Until.Or(present?.Until),
        LowestTier = LowestTier.Or(present?.LowestTier), CodeDays = CodeDays.Or(present?.CodeDays),
    };
}

internal sealed record ArchiveBody
{
    public bool IsArchived { get; init; } = true;
}

internal sealed record RedeemRewardBody
{
    public required long CustomerId { get; init; }
    public required long RewardId { get; init; }
}

/// <summary>A reward that was taken.</summary>
/// <param name="Points">What it cost.</param>
/// <param name="ExpiresAt">From when on its code is no longer good.</param>
internal sealed record RedemptionAnswer(long Id, string Code, RedemptionState State, long RewardId, string Reward, long Points,
    long? CustomerId, string? Customer, DateTimeOffset At, DateTimeOffset? ExpiresAt, DateTimeOffset? EndedAt, string? EndedBy)
{
    public static RedemptionAnswer Of(RedemptionDetails r) => new(r.Id, r.Code, r.State, r.RewardId, r.RewardName, r.Points, r.CustomerId,
        r.CustomerName, r.At, r.ExpiresAt, r.EndedAt, r.EndedByName);
}

/// <summary>What the API's description shows of rewards.</summary>
internal static class RewardExamples
{
    public const string Input = """{ "name": "Cup of coffee", "description": "In the shop, with a biscuit.", "price": 150, "code_days": 30 }""";

    public const string Reward = """
        { "id": 3, "name": "Cup of coffee", "description": "In the shop, with a biscuit.", "price": 150, "stock": null, "from": null,
          "until": null, "lowest_tier": null, "code_days": 30, "is_archived": false, "redeemed": 4, "version": 1 }
        """;

    public const string Code = """
        { "id": 12, "code": "E68CFZM4J4", "state": "issued", "reward_id": 3, "reward": "Cup of coffee", "points": 150, "customer_id": 12,
          "customer": "John Doe", "at": "2026-01-31T09:30:00Z", "expires_at": "2026-03-02T00:00:00Z", "ended_at": null, "ended_by": null }
        """;

    public const string Codes = $$"""{ "items": [ {{Code}} ], "page": 1, "limit": 20, "total": 1, "pages": 1 }""";
}

using System.ComponentModel;
using System.Globalization;
using CrmPortal.Api;
using CrmPortal.Api.Contracts;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Segments;
using CrmPortal.Features.Customers;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace CrmPortal.Features.Segments;

/// <summary>Segments by rules for programs: kept, looked at while they are being written, compared, and explained for a customer.</summary>
internal static class SegmentEndpoints
{
    public const string ById = @"/{segmentId:regex(^\d+$)}";
    public const string NotFound = "Segment not found";
    private const string NoCustomer = "Customer not found";
    private const int UsualLimit = 20;

    public static void MapSegments(this RouteGroupBuilder api)
    {
        var segments = api.MapGroup("/segments").WithTags("Segments");
        segments.MapGet("/", ListAsync)
            .Documented("ListSegments", "List the segments by name", Permissions.SegmentsView, null, 200, SegmentExamples.List);
        segments.MapPost("/", CreateAsync)
            .Documented("CreateSegment", "Create a segment", Permissions.SegmentsEdit, SegmentExamples.Input, 201, SegmentExamples.Segment)
            .AnswersTagged(isConditional: false);
        segments.MapPost("/preview", PreviewAsync)
            .Documented("PreviewSegment", "See who fits rules that are not saved", Permissions.SegmentsView, SegmentExamples.Rules, 200,
                SegmentExamples.Preview)
            .WithDescription($"The permission {Permissions.CustomersView} is needed as well.");
        segments.MapGet("/compare", CompareAsync)
            .Documented("CompareSegments", "Compare two segments or groups", Permissions.SegmentsView, null, 200,
                SegmentExamples.Comparison)
            .WithDescription($"The permission {Permissions.CustomersView} is needed as well.");
        segments.MapGet(ById, GetAsync)
            .Documented("GetSegment", "Get a segment", Permissions.SegmentsView, null, 200, SegmentExamples.Segment)
            .AnswersTagged(isConditional: true);
        segments.MapPut(ById, ChangeAsync)
            .Documented("ReplaceSegment", "Change a segment; absent fields stay as they are", Permissions.SegmentsEdit,
                SegmentExamples.Input, 200, SegmentExamples.Segment).AnswersTagged(isConditional: false);
        segments.MapPatch(ById, ChangeAsync)
            .Documented("UpdateSegment", "Change some fields of a segment", Permissions.SegmentsEdit, SegmentExamples.Input, 200,
                SegmentExamples.Segment).AnswersTagged(isConditional: false);
        segments.MapDelete(ById, DeleteAsync)
            .Documented("DeleteSegment", "Delete a segment that no rules name; no customer is touched", Permissions.SegmentsEdit, null, 200,
                CustomerPartExamples.Done("Segment deleted successfully.")).AnswersProblems(409);
        segments.MapGet(ById + "/members", MembersAsync)
            .Documented("ListSegmentMembers", "List the members of a segment, the newest customers first", Permissions.SegmentsView, null,
                200, SegmentExamples.Members)
            .WithDescription($"The permission {Permissions.CustomersView} is needed as well.");
        segments.MapGet(ById + @"/members/{customerId:regex(^\d+$)}", WhyAsync)
            .Documented("ExplainSegmentMember", "Say why a customer is in a segment, or why not: each rule with the customer's value",
                Permissions.SegmentsView, null, 200, SegmentExamples.Why)
            .WithDescription($"The permission {Permissions.CustomersView} is needed as well.");
    }

    private static async Task<Ok<ListAnswer<RuleSegmentAnswer>>> ListAsync(int? page, int? limit, HttpContext http, SegmentService segments,
        CancellationToken cancellationToken)
    {
        var wanted = http.Contract().Paging.Page(page, limit, UsualLimit);
        var all = await segments.ListAsync(cancellationToken);
        var (skip, take) = wanted.Validated();
        return TypedResults.Ok(ListAnswer<RuleSegmentAnswer>.Of(http, [.. all.Skip(skip).Take(take).Select(RuleSegmentAnswer.Of)],
            wanted.Number, wanted.Size, all.Count));
    }

    private static async Task<Created<RuleSegmentAnswer>> CreateAsync(SegmentBody body, HttpContext http, SegmentService segments,
        CancellationToken cancellationToken)
    {
        var made = (await NamingAsync(body, () => segments.SaveAsync(null, body.On(null), null, cancellationToken)))!.Part;
        return TypedResults.Created(string.Create(CultureInfo.InvariantCulture, $"{ApiSetup.Root}/segments/{made.Id}"), Tagged(http, made));
    }

    private static async Task<Results<Ok<RuleSegmentAnswer>, StatusCodeHttpResult>> GetAsync(
        [Description("The id of the segment.")] long segmentId, HttpContext http, SegmentService segments,
        CancellationToken cancellationToken)
    {
        var segment = await segments.GetAsync(segmentId, cancellationToken) ?? throw ApiException.NotFound(NotFound);
        return EntityTags.Answer(http, segment.Version, RuleSegmentAnswer.Of(segment));
    }

    private static async Task<Ok<RuleSegmentAnswer>> ChangeAsync([Description("The id of the segment.")] long segmentId, SegmentBody body,
        HttpContext http, SegmentService segments, CancellationToken cancellationToken)
    {
        var present = await segments.GetAsync(segmentId, cancellationToken) ?? throw ApiException.NotFound(NotFound);
        var expected = await EntityTags.ExpectedAsync(http.Request, async () =>
            (await segments.GetAsync(segmentId, cancellationToken))?.Version);
        var changed = await NamingAsync(body, () =>
            segments.SaveAsync(segmentId, body.On(present), expected ?? present.Version, cancellationToken))
                ?? throw ApiException.NotFound(NotFound);
        return TypedResults.Ok(Tagged(http, changed.Part));
    }

    private static async Task<Ok<DoneAnswer>> DeleteAsync([Description("The id of the segment.")] long segmentId, SegmentService segments,
        CancellationToken cancellationToken)
    {
        _ = await segments.DeleteAsync(segmentId, cancellationToken) ?? throw ApiException.NotFound(NotFound);
        return TypedResults.Ok(new DoneAnswer("Segment deleted successfully."));
    }

    private static async Task<Ok<SegmentPreviewAnswer>> PreviewAsync(SegmentRulesBody body, SegmentService segments,
        IOptions<ShopOptions> shop, CancellationToken cancellationToken)
    {
        var found = await NamingAsync(body, () => segments.PreviewAsync(body.Read().Text, cancellationToken));
        return TypedResults.Ok(new SegmentPreviewAnswer(found.Customers,
            [.. found.Sample.Select(c => CustomerLine.Of(c, shop.Value.Currency))]));
    }

    private static async Task<Ok<SegmentComparisonAnswer>> CompareAsync([Description("The id of a segment or group.")] long first,
        [Description("The id of another one.")] long second, SegmentComparisonService comparison, IOptions<ShopOptions> shop,
        CancellationToken cancellationToken) => TypedResults.Ok(SegmentComparisonAnswer.Of(
            await comparison.CompareAsync(first, second, cancellationToken) ?? throw ApiException.NotFound(NotFound),
            shop.Value.Currency));

    private static async Task<Ok<ListAnswer<SegmentMemberAnswer>>> MembersAsync([Description("The id of the segment.")] long segmentId,
        int? page, int? limit, HttpContext http, SegmentService segments, MembershipService members, IOptions<ShopOptions> shop,
        CancellationToken cancellationToken)
    {
        var wanted = http.Contract().Paging.Page(page, limit, UsualLimit);
        _ = await segments.GetAsync(segmentId, cancellationToken) ?? throw ApiException.NotFound(NotFound);
        var found = await members.MembersAsync(segmentId, wanted, cancellationToken) ?? throw ApiException.NotFound(NotFound);
        return TypedResults.Ok(ListAnswer<SegmentMemberAnswer>.Of(http,
            [.. found.Items.Select(m => SegmentMemberAnswer.Of(m, shop.Value.Currency))], wanted.Number, wanted.Size,
            await members.CountAsync(segmentId, cancellationToken) ?? 0));
    }

    private static async Task<Ok<RuleCheckAnswer>> WhyAsync([Description("The id of the segment.")] long segmentId,
        [Description("The id of the customer.")] long customerId, SegmentService segments, CancellationToken cancellationToken)
    {
        _ = await segments.GetAsync(segmentId, cancellationToken) ?? throw ApiException.NotFound(NotFound);
        return TypedResults.Ok(RuleCheckAnswer.Of(await segments.WhyAsync(segmentId, customerId, cancellationToken)
            ?? throw ApiException.NotFound(NoCustomer)));
    }

    private static RuleSegmentAnswer Tagged(HttpContext http, SegmentDetails segment)
    {
        var answer = RuleSegmentAnswer.Of(segment);
        http.Response.Headers.ETag = EntityTags.Tag(http, segment.Version, answer);
        return answer;
    }

    /// <summary>Says what is wrong with the rules of the field that the program sent.</summary>
    private static async Task<T> NamingAsync<T>(IRulesBody body, Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (RuleViolationException violation) when (body.Rules.IsPresent && violation.Errors.Any(e => e.Field == nameof(body.Filter)))
        {
            throw new RuleViolationException([.. violation.Errors.Select(e => e.Field == nameof(body.Filter)
                ? e with { Field = nameof(body.Rules) } : e)]) { IsDuplicate = violation.IsDuplicate, IsRefusal = violation.IsRefusal };
        }
    }
}

using System.ComponentModel;
using CrmPortal.Api;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Jobs;
using CrmPortal.Features.Customers;
using Microsoft.AspNetCore.Http.HttpResults;

namespace CrmPortal.Features.Settings;

/// <summary>
/// Work that takes time, for programs: what starts such work answers with its job, which is asked here how far it is, and stopped.
/// </summary>
internal static class JobEndpoints
{
    public const string NotFound = "Job not found";
    private const string ById = @"/{id:regex(^\d+$)}";

    public static void MapJobs(this RouteGroupBuilder api)
    {
        var jobs = api.MapGroup("/jobs").WithTags("Jobs");
        jobs.MapGet("/", ListAsync)
            .Documented("ListJobs", "List the jobs: those that wait or run, and those that are over, newest first", Permissions.ImportsRun,
                null, 200, JobExamples.List);
        jobs.MapGet("/schedule", ScheduleAsync)
            .Documented("ListSchedule", "List the work that comes by itself, by its next time", Permissions.ImportsRun, null, 200,
                """[ { "kind": "loyalty.expiry", "next_at": "2026-02-01T01:10:00Z", "last_at": "2026-01-31T01:10:00Z", "last_state": "done", "last_fault": null } ]""");
        jobs.MapGet(ById, GetAsync).NeedsAnyAccount()
            .Documented("GetJob", "Get a job with its progress", null, 200, JobExamples.Job)
            .WithDescription($"Jobs of others are there for those with the permission {Permissions.ImportsRun}.");
        jobs.MapPost(ById + "/cancel", CancelAsync).NeedsAnyAccount()
            .Documented("CancelJob", "Ask a job to stop; what it has not finished by then is undone", null, 200, JobExamples.Job)
            .WithDescription($"Jobs of others are there for those with the permission {Permissions.ImportsRun}.");
        jobs.MapPost(ById + "/retry", RetryAsync)
            .Documented("RetryJob", "Have the work of a job done again that failed or was stopped", Permissions.ImportsRun, null, 202,
                JobExamples.Job);
    }

    private static async Task<Ok<JobsAnswer>> ListAsync(JobOverviewService jobs, CancellationToken cancellationToken,
        [Description("all, done, failed or cancelled: which of the jobs that are over.")] string? state = null,
        [Description("The next value of the previous part.")] long? before = null, int limit = ListQuery.UsualLimit)
    {
        var wanted = QueryWord.Read<JobFilter>(nameof(state), state) ?? JobFilter.All;
        var (ended, next) = await jobs.ListAsync(wanted, before, limit, cancellationToken);
        return TypedResults.Ok(new JobsAnswer([.. (await jobs.OpenAsync(cancellationToken)).Select(JobAnswer.Of)],
            [.. ended.Select(j => new EndedJobAnswer(JobAnswer.Of(j.Details), j.MayRetry, j.RetriedById))], next));
    }

    private static async Task<Ok<IReadOnlyList<ScheduledJobAnswer>>> ScheduleAsync(JobOverviewService jobs,
        CancellationToken cancellationToken) => TypedResults.Ok<IReadOnlyList<ScheduledJobAnswer>>(
            [.. (await jobs.ScheduledAsync(cancellationToken))
                .Select(s => new ScheduledJobAnswer(s.Kind, s.NextAt, s.LastAt, s.LastState, s.LastFault))]);

    private static async Task<Ok<JobAnswer>> GetAsync([Description("The id of the job.")] long id, JobService jobs,
        CancellationToken cancellationToken) =>
        TypedResults.Ok(JobAnswer.Of(await jobs.GetAsync(id, cancellationToken) ?? throw ApiException.NotFound(NotFound)));

    private static async Task<Ok<JobAnswer>> CancelAsync([Description("The id of the job.")] long id, JobService jobs,
        CancellationToken cancellationToken)
    {
        var job = await jobs.GetAsync(id, cancellationToken) ?? throw ApiException.NotFound(NotFound);
        if (!await jobs.CancelAsync(id, cancellationToken) && job.IsOver)
            throw new ApiException(StatusCodes.Status400BadRequest, "The job is over already.");
        return await GetAsync(id, jobs, cancellationToken);
    }

    private static async Task<Accepted<JobAnswer>> RetryAsync([Description("The id of the job.")] long id, JobOverviewService overview,
        JobService jobs, CancellationToken cancellationToken) => await JobAnswer.AcceptedAsync(jobs,
            await overview.RetryAsync(id, cancellationToken) ?? throw ApiException.NotFound(NotFound), cancellationToken);
}

using System.Globalization;
using CrmPortal.Api;
using CrmPortal.Core.Platform.Jobs;
using Microsoft.AspNetCore.Http.HttpResults;

namespace CrmPortal.Features.Settings;

/// <summary>Work that takes time, and how far it is.</summary>
/// <param name="Kind">Such as import.publish.</param>
/// <param name="SubjectId">The record that it is about, such as the import.</param>
/// <param name="Stage">Which part is being done.</param>
/// <param name="Total">0 while it is not known.</param>
/// <param name="Fault">Why it failed.</param>
internal sealed record JobAnswer(long Id, string Kind, long SubjectId, JobState State, string? Stage, long Done, long Total, string? Fault,
    string StartedBy, DateTimeOffset CreatedAt, DateTimeOffset? StartedAt, DateTimeOffset? EndedAt)
{
    public static JobAnswer Of(JobDetails job) => new(job.Id, job.Kind, job.SubjectId, job.State, job.Progress.Stage, job.Progress.Done,
        job.Progress.Total, job.Fault, job.OwnerName, job.CreatedAt, job.StartedAt, job.EndedAt);

    /// <summary>Answers 202 with the address at which the job is looked at.</summary>
    public static async Task<Accepted<JobAnswer>> AcceptedAsync(JobService jobs, long id, CancellationToken cancellationToken) =>
        TypedResults.Accepted(string.Create(CultureInfo.InvariantCulture, $"{ApiSetup.Root}/jobs/{id}"),
            Of(await jobs.GetAsync(id, cancellationToken) ?? throw ApiException.NotFound(JobEndpoints.NotFound)));
}

/// <summary>The jobs that wait or run, and a part of those that are over.</summary>
/// <param name="Open">The oldest first.</param>
/// <param name="Items">Those that are over, the newest first.</param>
/// <param name="Next">The value of before for the next part; null at the end.</param>
internal sealed record JobsAnswer(IReadOnlyList<JobAnswer> Open, IReadOnlyList<EndedJobAnswer> Items, long? Next);

/// <summary>A job that is over.</summary>
/// <param name="MayRetry">Whether it can be done again from here.</param>
/// <param name="RetriedBy">The job that does its work again.</param>
internal sealed record EndedJobAnswer(JobAnswer Job, bool MayRetry, long? RetriedBy);

/// <summary>Work that comes by itself.</summary>
internal sealed record ScheduledJobAnswer(string Kind, DateTimeOffset? NextAt, DateTimeOffset? LastAt, JobState? LastState,
    string? LastFault);

/// <summary>What the API's description shows of jobs.</summary>
internal static class JobExamples
{
    public const string Job = """
        { "id": 52, "kind": "import.publish", "subject_id": 7, "state": "running", "stage": "Saving customers", "done": 4000,
          "total": 12000, "fault": null, "started_by": "Ada Manager", "created_at": "2026-01-31T09:30:00Z",
          "started_at": "2026-01-31T09:30:01Z", "ended_at": null }
        """;

    public const string Ended = """
        { "id": 51, "kind": "import.check", "subject_id": 7, "state": "done", "stage": null, "done": 12000, "total": 12000,
          "fault": null, "started_by": "Ada Manager", "created_at": "2026-01-31T09:20:00Z", "started_at": "2026-01-31T09:20:01Z",
          "ended_at": "2026-01-31T09:20:09Z" }
        """;

    public static readonly string List =
        $$"""{ "open": [ {{Job}} ], "items": [ { "job": {{Ended}}, "may_retry": false, "retried_by": null } ], "next": null }""";
}

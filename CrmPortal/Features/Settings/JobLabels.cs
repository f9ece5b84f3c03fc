using CrmPortal.Core.Platform.Jobs;
using CrmPortal.Layout;
using CrmPortal.Resources;
using Microsoft.Extensions.Localization;

namespace CrmPortal.Features.Settings;

/// <summary>What jobs do, in words, and where what they are about is found.</summary>
internal static class JobLabels
{
    public static string Kind(IStringLocalizer<Texts> L, string kind) => kind switch
    {
        "import.check" => L["Check of an import"],
        "import.publish" => L["Import"],
        "import.undo" => L["Undoing an import"],
        "customers.bulk" => L["Change of many customers"],
        "orders.bulk" => L["Change of many orders"],
        "duplicates.scan" => L["Search for duplicates"],
        "loyalty.what-if" => L["Trial of a draft of the loyalty programme"],
        "loyalty.past-orders" => L["Points for past orders"],
        "loyalty.tiers" => L["Review of tiers"],
        "loyalty.expire" => L["Expiry of points"],
        "loyalty.reminders" => L["Reminders of points that expire"],
        "loyalty.proof" => L["Proof of the points ledger"],
        "documents.reminders" => L["Reminders of documents that expire"],
        "reports.deliver" => L["Reports made by themselves"],
        "segments.count" => L["Nightly count of segments"],
        "analytics.rfm" => L["Calculation of RFM scores"],
        "analytics.rfm.nightly" => L["Nightly calculation of RFM scores"],
        "analytics.clv" => L["Calculation of lifetime value"],
        "analytics.clv.nightly" => L["Nightly calculation of lifetime value"],
        "analytics.counts" => L["Count of customers"],
        "analytics.counts.nightly" => L["Nightly count of customers"],
        "worklist.make" => L["Making of the worklist"],
        "worklist.make.nightly" => L["Nightly making of the worklist"],
        "tickets.recount" => L["Computing targets of tickets anew"],
        "tickets.recount.nightly" => L["Computing targets of tickets every night"],
        "clean-up.documents" => L["Clean-up of documents"],
        "clean-up.imports" => L["Clean-up of imported files"],
        "clean-up.sessions" => L["Clean-up of sign-ins"],
        "clean-up.codes" => L["Clean-up of codes"],
        "clean-up.answers" => L["Clean-up of answers of the API"],
        "clean-up.help" => L["Clean-up of the help centre"],
        "clean-up.outbox" => L["Clean-up of events"],
        "clean-up.network" => L["Clean-up of network sessions"],
        "clean-up.webhooks" => L["Clean-up of what webhooks were told"],
        "clean-up.jobs" => L["Clean-up of jobs"],
        _ => kind,
    };

    /// <summary>The page of what a job is about; null where there is none.</summary>
    public static string? Subject(JobDetails job) => job.Kind switch
    {
        "import.check" or "import.publish" or "import.undo" => CrmUrls.Import(job.SubjectId),
        "duplicates.scan" => CrmUrls.Duplicates,
        "loyalty.what-if" => CrmUrls.WhatIfOf(job.SubjectId),
        "loyalty.past-orders" => CrmUrls.Programme,
        "customers.bulk" => CrmUrls.Customers,
        "reports.deliver" => CrmUrls.Reports,
        "analytics.rfm" or "analytics.rfm.nightly" => CrmUrls.Rfm,
        "analytics.clv" or "analytics.clv.nightly" => CrmUrls.LifetimeValue,
        "analytics.counts" or "analytics.counts.nightly" => CrmUrls.Analytics,
        "worklist.make" or "worklist.make.nightly" => CrmUrls.Worklist,
        "orders.bulk" => CrmUrls.Orders,
        "tickets.recount" or "tickets.recount.nightly" => CrmUrls.Tickets,
        _ => null,
    };

    public static string State(IStringLocalizer<Texts> L, JobState state) => state switch
    {
        JobState.Waiting => L["Waiting"],
        JobState.Running => L["Running"],
        JobState.Done => L["Done"],
        JobState.Failed => L["Failed"],
        _ => L["Stopped"],
    };

    public static string Badge(JobState state) => state switch
    {
        JobState.Done => "badge badge-success",
        JobState.Failed => "badge badge-danger",
        JobState.Cancelled => "badge badge-warning",
        _ => "badge badge-info",
    };

    /// <summary>Who started it; what the program does by itself is said so.</summary>
    public static string Owner(IStringLocalizer<Texts> L, JobDetails job) => job.OwnerName == "Schedule" ? L["by itself"] : job.OwnerName;

    /// <summary>How long it took, as far as that matters.</summary>
    public static string Took(IStringLocalizer<Texts> L, JobDetails job)
    {
        if (job is not { StartedAt: { } from, EndedAt: { } to }) return "–";
        var took = to - from;
        if (took < TimeSpan.FromSeconds(1)) return L["under 1 s"];
        if (took < TimeSpan.FromMinutes(2)) return L["{0} s", (int)took.TotalSeconds];
        return took < TimeSpan.FromHours(2) ? L["{0} min", (int)took.TotalMinutes] : L["{0} h", (int)took.TotalHours];
    }
}

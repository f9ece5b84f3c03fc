using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Data;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Core.Platform.Waiting;

/// <summary>
/// A kind of work that waits for somebody, such as adjustments to decide. Each feature says its own; home and the navigation show those
/// of whoever is signed in.
/// </summary>
public interface IWaitingWork
{
    /// <summary>Its name, by which screens know where it leads.</summary>
    string Kind { get; }

    /// <summary>What one needs in order to do it.</summary>
    string Permission { get; }

    /// <summary>
    /// The records that wait for the acting user: of each the number that its page is opened by. Read along an index, and no further than
    /// the count goes.
    /// </summary>
    IQueryable<long> Subjects(CrmDbContext db, Grant grant);

    /// <summary>The filter of a list that holds just these; null where they have a page of their own.</summary>
    string? Filter(Grant grant) => null;
}

/// <summary>How much of a kind waits for the acting user.</summary>
/// <param name="Count">Counting stops at <see cref="WaitingService.MostCounted"/>.</param>
/// <param name="FirstId">What its page is opened by, of one of them.</param>
public sealed record WaitingCount(string Kind, int Count, long FirstId)
{
    /// <summary>Whether there may be more than were counted.</summary>
    public bool IsMore => Count >= WaitingService.MostCounted;

    /// <inheritdoc cref="IWaitingWork.Filter"/>
    public string? Filter { get; init; }
}

internal static class WaitingSetup
{
    public static void AddWaiting(this IServiceCollection services)
    {
        services.AddScoped<WaitingService>();
    }
}

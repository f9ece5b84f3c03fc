using CrmPortal.Core.Platform.Common;
using Cronos;

namespace CrmPortal.Core.Platform.Jobs;

/// <summary>
/// A job that comes by itself, at times of the shop's clock. It is declared where its feature lives and registered there.
/// </summary>
public interface IScheduledJob : IJobHandler
{
    /// <summary>When it comes: minute, hour, day, month and day of the week, such as <c>0 1 * * *</c> for every night at one.</summary>
    string Cron { get; }

    bool IJobHandler.IsRepeatable => true;
}

/// <summary>When a kind of job is due.</summary>
/// <param name="Kind">Of the job's handler.</param>
/// <param name="Cron">Five fields, read in the shop's time zone.</param>
public sealed record ScheduledJob(string Kind, string Cron)
{
    private readonly CronExpression _times = CronExpression.Parse(Cron);

    /// <summary>The next time after an instant; a time that the clock skips is taken as that much after the gap, and one that it repeats is
    /// the
    /// first of the two.</summary>
    /// <exception cref="InvalidOperationException">The expression names no time that ever comes.</exception>
    public DateTimeOffset After(DateTimeOffset instant, LocalZone zone)
    {
        // The expression is asked for what the clock on the wall shows; when that is, the zone knows better than the system does.
        for (var time = DateTime.SpecifyKind(zone.TimeOf(instant), DateTimeKind.Utc); ;)
        {
            time = _times.GetNextOccurrence(time)
                ?? throw new InvalidOperationException($"{Kind} is scheduled for {Cron}, which never comes.");
            var due = zone.InstantOf(DateTime.SpecifyKind(time, DateTimeKind.Unspecified));
            if (due > instant) return due;
        }
    }
}

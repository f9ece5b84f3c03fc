namespace CrmPortal.Core.Webhooks;

/// <summary>When a delivery that failed is tried again.</summary>
internal static class WebhookRetries
{
    /// <summary>After the first attempt of a delivery, for so long.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromDays(1);

    private static readonly TimeSpan[] Waits =
    [
        TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(15), TimeSpan.FromHours(1), TimeSpan.FromHours(3),
        TimeSpan.FromHours(6),
    ];

    /// <summary>The next attempt after one that fails now; null where that was the last.</summary>
    /// <param name="attempt">Which one fails, counted from 1.</param>
    public static DateTimeOffset? After(int attempt, DateTimeOffset first, DateTimeOffset now)
    {
        var end = first + Patience;
        if (now >= end) return null;
        var next = now + Waits[Math.Min(attempt, Waits.Length) - 1];
        return next < end ? next : end;
    }
}

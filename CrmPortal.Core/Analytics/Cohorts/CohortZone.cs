namespace CrmPortal.Core.Analytics;

/// <summary>
/// The name under which it is kept for which zone the months of all customers were computed. A provider that had to make the triggers takes
/// it away, since nobody knows what happened without them: then all are computed again.
/// </summary>
internal static class CohortZone
{
    public const string Setting = "analytics.cohorts.zone";
}

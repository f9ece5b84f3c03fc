namespace CrmPortal.E2E.Support;

/// <summary>
/// Journeys that keep the database or the processor from all others for longer than one waits for a page; they run when nothing else does.
/// </summary>
[CollectionDefinition(DisableParallelization = true)]
public sealed class Alone;

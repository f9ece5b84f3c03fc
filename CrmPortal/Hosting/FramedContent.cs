namespace CrmPortal.Hosting;

/// <summary>
/// Marks an endpoint whose answer is somebody's file, shown within a page of ours: nothing in it may run, load or lead anywhere.
/// </summary>
/// <param name="Policy">The content security policy of the file, which replaces the pages' own.</param>
internal sealed record FramedContent(string Policy)
{
    /// <summary>Whether other sites, which the policy names, may show it as well. An endpoint sets that as a feature of its
    /// request.</summary>
    public bool IsForOthers { get; init; }

    /// <summary>
    /// For what the browser shows by itself. The viewer of PDFs does not start in a sandbox, so that is left to the frame.
    /// </summary>
    public static FramedContent File { get; } =
        new("default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'");
}

/// <summary>Marks an endpoint whose response only the user's browser may cache, no proxy.</summary>
internal sealed record PrivatelyCached(TimeSpan Age);

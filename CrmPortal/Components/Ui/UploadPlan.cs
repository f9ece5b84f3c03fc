namespace CrmPortal.Components.Ui;

/// <summary>Where the browser sends the files that were chosen.</summary>
/// <param name="First">The number of the first of them on the page.</param>
/// <param name="Addresses">Null for a file that is not sent.</param>
/// <param name="Header">The header in which <paramref name="Token"/> goes along.</param>
public sealed record UploadPlan(int First, IReadOnlyList<string?> Addresses, string Header, string Token);

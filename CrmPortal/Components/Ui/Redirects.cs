using Microsoft.JSInterop;

namespace CrmPortal.Components.Ui;

internal static class Redirects
{
    /// <summary>
    /// Leads from an address that stands for another to the one that is meant. <c>NavigationManager</c> would report the circuit as broken
    /// where the browser goes elsewhere before it has answered; here nobody is left to be led, and that is all.
    /// </summary>
    public static async Task ReplaceAddressAsync(this IJSRuntime script, string address)
    {
        try
        {
            await script.InvokeVoidAsync("Blazor.navigateTo", address, new { replaceHistoryEntry = true });
        }
        catch (Exception gone) when (gone is JSDisconnectedException or OperationCanceledException)
        {
            // The browser went elsewhere in the meantime.
        }
    }
}

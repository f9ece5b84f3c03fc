using System.Net.Mime;
using CrmPortal.Core.SelfService;

namespace CrmPortal.Features.SelfService;

/// <summary>Hands out the copy of a person's data, as it is read.</summary>
internal static class PersonalDataAnswer
{
    /// <summary>Writes the copy; false, with nothing written, where there is no such customer.</summary>
    public static async Task<bool> WriteAsync(HttpContext http, PersonalDataService data, long customerId)
    {
        if (await data.OpenAsync(customerId, http.RequestAborted) is not { } write) return false;
        http.Response.ContentType = MediaTypeNames.Application.Json;
        await write(http.Response.BodyWriter, http.RequestAborted);
        return true;
    }
}

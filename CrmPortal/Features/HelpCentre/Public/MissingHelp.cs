namespace CrmPortal.Features.HelpCentre;

internal static class MissingHelp
{
    /// <summary>
    /// Answers 404 with the page that is being drawn. The status is set as the answer begins: the framework draws nothing of a page that
    /// says it earlier, and the program would show the one that staff are shown.
    /// </summary>
    public static void AnswerMissing(this HttpContext http) => http.Response.OnStarting(() =>
    {
        http.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    });
}

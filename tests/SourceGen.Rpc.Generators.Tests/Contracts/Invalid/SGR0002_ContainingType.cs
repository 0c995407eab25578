public partial class Outer
{
    public class Middle
    {
        [Service]
        public partial interface IGreeter
        {
            ValueTask HelloAsync();
        }
    }
}

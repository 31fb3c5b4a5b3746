# The methods of the demo service, as far as a program that prints one answer has them: for `wsmq serve`.
case $WSMQ_METHOD in
  echo) exec cat ;;
  sum) exec node -p 'JSON.parse(fs.readFileSync(0)).reduce((sum, each) => sum + each, 0)' ;;
  devices.list)
    case $WSMQ_USER in
      acme:ann) echo '["SN-1001","SN-1002"]' ;;
      acme:bob) echo '["SN-2001"]' ;;
      *) echo '[]' ;;
    esac
    ;;
esac
